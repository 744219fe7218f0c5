/**
 * The note as a FHIR R4 document: a Bundle of type 'document' whose first entry is a Composition
 * (https://hl7.org/fhir/R4/documents.html). Sections are narrative alone. The page knows neither
 * who the patient is nor, before the note is signed, who the clinician is, and says so.
 */
import type {
  Bundle,
  BundleEntry,
  CodeableConcept,
  Composition,
  CompositionSection,
  Device,
  Extension,
  FhirResource,
  Patient,
  Practitioner,
  Reference,
} from "fhir/r4";

import type { ShownKey } from "../scribe/sections.ts";
import type { ExportDocument, ExportSection, ExportWords } from "./document.ts";
import { blocksToHtml, paragraph } from "./html.ts";

const LOINC = "http://loinc.org";

/** https://loinc.org/11506-3 */
const PROGRESS_NOTE = { system: LOINC, code: "11506-3", display: "Progress note" };

/**
 * The codes that C-CDA on FHIR gives the sections of a progress note
 * (https://hl7.org/fhir/us/ccda/StructureDefinition-Progress-Note.html), with LOINC's own names
 * (https://loinc.org/61150-9 and so on); LOINC calls a plan of treatment a plan of care note.
 */
const SECTION_CODES: Record<ShownKey, { code: string; display: string }> = {
  subjective: { code: "61150-9", display: "Subjective Narrative" },
  objective: { code: "61149-1", display: "Objective Narrative" },
  assessment: { code: "51848-0", display: "Evaluation note" },
  plan: { code: "18776-5", display: "Plan of care note" },
};

/** https://hl7.org/fhir/R4/extension-data-absent-reason.html */
const UNKNOWN: Extension = {
  url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
  valueCode: "unknown",
};

/** RFC 3986, the system of identifiers that are URIs. */
const URI = "urn:ietf:rfc:3986";

export interface FhirMaking {
  now: Date;
  newUuid: () => string;
}

/** The Bundle: status 'preliminary' for a draft, 'final' with an attester once it is signed. */
export function toFhir(
  document: ExportDocument,
  words: ExportWords,
  { now, newUuid }: FhirMaking,
): Bundle {
  const { signature, model, title, sections } = document;
  const entries: BundleEntry[] = [];
  const add = (resource: FhirResource): Reference => {
    const fullUrl = `urn:uuid:${newUuid()}`;
    entries.push({ fullUrl, resource });
    return { reference: fullUrl };
  };
  const subject = { ...add(unknownPatient(words)), display: words.unknown.patient };
  const clinician = {
    ...add(practitioner(document, words)),
    display: signature?.name ?? words.unknown.clinician,
  };
  const author = [clinician, ...(model === null ? [] : [add(device(model))])];
  const composition: Composition = {
    resourceType: "Composition",
    text: narrative("generated", [title, document.statement, ...document.details]),
    identifier: { system: URI, value: `urn:uuid:${document.id}` },
    status: signature ? "final" : "preliminary",
    type: { coding: [PROGRESS_NOTE], text: PROGRESS_NOTE.display },
    subject,
    // When its author last changed it: a draft may change up to the moment of its export.
    date: signature?.at ?? now.toISOString(),
    author,
    title,
    ...(signature && {
      attester: [{ mode: "professional" as const, time: signature.at, party: clinician }],
    }),
    section: sections.map(toSection),
  };
  return {
    resourceType: "Bundle",
    identifier: { system: URI, value: `urn:uuid:${newUuid()}` },
    type: "document",
    timestamp: now.toISOString(),
    entry: [{ fullUrl: `urn:uuid:${newUuid()}`, resource: composition }, ...entries],
  };
}

function toSection({ key, title, blocks }: ExportSection): CompositionSection {
  const code: CodeableConcept = {
    ...(key !== null && { coding: [{ system: LOINC, ...SECTION_CODES[key] }] }),
    text: title,
  };
  return { title, code, text: { status: "additional", div: div(blocksToHtml(blocks)) } };
}

const div = (inner: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

const narrative = (status: "generated", lines: readonly string[]) => ({
  status,
  div: div(lines.map((line) => paragraph([line])).join("")),
});

function unknownPatient({ unknown }: ExportWords): Patient {
  return {
    resourceType: "Patient",
    text: narrative("generated", [unknown.patient]),
    name: [{ extension: [UNKNOWN] }],
  };
}

function practitioner({ signature }: ExportDocument, { unknown }: ExportWords): Practitioner {
  return {
    resourceType: "Practitioner",
    text: narrative("generated", [signature?.name ?? unknown.clinician]),
    name: [signature ? { text: signature.name } : { extension: [UNKNOWN] }],
  };
}

/** The model that drafted the note is one of its authors. */
function device(model: string): Device {
  return {
    resourceType: "Device",
    text: narrative("generated", [model]),
    deviceName: [{ name: model, type: "model-name" }],
  };
}
