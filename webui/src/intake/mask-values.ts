/** Dates, phone numbers, addresses and numbers of records in a transcript, told by their form. */
import type { MaskKind, Span } from "./mask.ts";

const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY = "(?:0?[1-9]|[12]\\d|3[01])";
const YEAR = "(?:19|20)\\d\\d";
const ORDINAL =
  "(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth";
const DIGIT_WORD = "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)";
const NUMBER_WORD =
  "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|and)";
const SPOKEN_YEAR = `(?:nineteen|twenty|two thousand)(?:[ -]${NUMBER_WORD}){0,3}`;
const AND_YEAR = `(?: ?,? ?(?:of )?(?:${YEAR}|${SPOKEN_YEAR})\\b)?`;
/** What makes a number a dose, a count or a measure, so that 'may 2 tablets' is no date. */
const NO_UNIT =
  "(?! ?(?:mg|mcg|g|ml|units?|tablets?|pills?|caps?|capsules?|times?|days?|weeks?|months?|hours?|minutes?|years?|percent|over|to \\d|%|[/:]\\d|\\.\\d))";

/** After a number of a record, a dose begins a number of its own. */
const NO_DOSE =
  "(?!\\d+(?:\\.\\d+)? ?(?:mg|mcg|g|ml|units?|tablets?|pills?|times|days|weeks|years|percent|%))";

const STREET =
  "(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|terrace|circle|highway|hwy|parkway|pkwy|square|trail|close|crescent)";
/** Words that stand between a number and 'drive' or 'way' in anything but an address. */
const NO_STREET =
  "(?!(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|miles?|blocks?|over|mg|ml|mcg|percent|times|of|the|a|an|and|or|in|on|to|from|with|for|at|per|out|degrees?|different|more|years?-old)\\b)";
const STATE =
  "(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])";

const CUE =
  "(?:mrn|medical record(?: number)?|record number|chart (?:number|no)|patient (?:id|number)|account(?: number)?|member(?:ship)?(?: id| number)?|policy(?: id| number)?|group (?:id|number)|insurance(?: id| number| card)?|social(?: security)?(?: number)?|ssn|nhs(?: number)?|licen[cs]e(?: number| plate)?|passport(?: number)?|case number|claim(?: number)?|id(?: number)?|medicare|medicaid|reference(?: number)?|confirmation(?: number)?|serial number)";

interface Form {
  kind: MaskKind;
  pattern: RegExp;
  /** False where what was found is something else after all. */
  holds?: (found: RegExpExecArray, text: string) => boolean;
}

const digits = (text: string): number => text.match(/\d/g)?.length ?? 0;

/** The group `value` of a pattern is what is masked, or else the whole of it. */
const FORMS: readonly Form[] = [
  { kind: "EMAIL", pattern: /\b[\w.%+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,4}\b/dgi },
  {
    kind: "EMAIL",
    pattern:
      /\b[a-z\d][\w.-]{0,40}(?: (?:dot|underscore) [\w-]{1,30}){0,3} at [a-z\d-]{1,40}(?: dot [a-z\d]{1,20}){0,2} dot (?:com|org|net|edu|gov|co|io|uk|ca|us)\b/dgi,
  },
  { kind: "NUMBER", pattern: /(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])/dg },
  {
    kind: "NUMBER",
    pattern: new RegExp(
      `\\b${CUE}\\b[^\\d\\n.?!]{0,40}?\\b(?<value>(?:(?!(?:is|are|was|no|of|to|and|the|in|on|ends?)\\b)[a-z]{1,4}[- ]?)?\\d(?:[\\da-z]|[- ](?=[a-z]{0,3}\\d)${NO_DOSE}[\\da-z]){2,30})\\b`,
      "dgi",
    ),
    holds: (found) => digits(found.groups!["value"]!) >= 4,
  },
  {
    kind: "PHONE",
    pattern: /(?<![\d/.-])(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\d/-])/dg,
  },
  {
    kind: "PHONE",
    pattern: /(?<![\d/.])\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}(?![\d/])/dg,
    holds: (found) => digits(found[0]) >= 8,
  },
  { kind: "PHONE", pattern: /(?<![\d/.-])0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}(?![\d/-])/dg },
  { kind: "PHONE", pattern: new RegExp(`(?<![\\d/.-])\\d{3}-\\d{4}(?![\\d/-])${NO_UNIT}`, "dg") },
  {
    kind: "PHONE",
    pattern: new RegExp(`\\b${DIGIT_WORD}(?:[ ,-]{1,3}${DIGIT_WORD}){6,14}\\b`, "dgi"),
  },
  { kind: "NUMBER", pattern: /(?<![\w.,/-])[a-z]{0,3}-?\d{7,16}(?![\w,/]|\.\d)/dgi },
  // Dates.
  {
    kind: "DATE",
    pattern: new RegExp(`(?<![\\d/.-])${DAY}/${DAY}/(?:${YEAR}|\\d\\d)(?![\\d/-])`, "dg"),
  },
  {
    kind: "DATE",
    pattern: new RegExp(
      `(?<![\\d/.-])(?:${YEAR}([-/.])${DAY}\\1${DAY}|${DAY}([-.])${DAY}\\2${YEAR})(?![\\d/-]|\\.\\d)`,
      "dg",
    ),
  },
  {
    kind: "DATE",
    pattern: new RegExp(
      `\\b(?:on|since|dated|until|by) (?<value>${DAY}/${DAY})(?![\\d/-]|\\.\\d)(?! ?(?:pain|strength|vision|out|on|scale|in severity|mmhg|systolic))`,
      "dgi",
    ),
    holds: (found) =>
      found.groups!["value"]!.split("/").every((part) => Number(part) > 0) &&
      found.groups!["value"]!.split("/").some((part) => Number(part) <= 12),
  },
  {
    kind: "DATE",
    pattern: new RegExp(
      `\\b(?<month>${MONTH})\\.? (?:the )?(?:${DAY}(?<ordinal>st|nd|rd|th)?\\b|(?<word>${ORDINAL})\\b)(?<year>${AND_YEAR})${NO_UNIT}`,
      "dgi",
    ),
    holds: isMonth,
  },
  {
    kind: "DATE",
    pattern: new RegExp(
      `\\b(?:${DAY}(?<ordinal>st|nd|rd|th)?|(?<word>${ORDINAL}))(?<of> of)? (?<month>${MONTH})\\b\\.?(?<year>${AND_YEAR})`,
      "dgi",
    ),
    holds: isMonth,
  },
  {
    kind: "DATE",
    pattern: new RegExp(`\\b(?<month>${MONTH})\\.? ?,? ?(?:of )?(?<year>${YEAR})\\b`, "dgi"),
    holds: isMonth,
  },
  // Addresses.
  {
    kind: "ADDRESS",
    pattern: new RegExp(
      `(?<![\\d/.-])\\d{1,6}[a-z]? (?:[nsew]\\.? |north |south |east |west )?(?:${NO_STREET}[\\p{L}\\d][\\p{L}\\d'’.]{0,20} ){1,3}${STREET}\\b\\.?` +
        `(?: ?,? ?(?:apartment|apt\\.?|suite|unit|#) ?[\\w-]{1,6})?` +
        `(?: ?,? \\p{L}[\\p{L}]{1,20}(?: \\p{L}{2,20})? ?,? (?-i:${STATE})\\b)?(?: ?,? ?\\d{5}(?:-\\d{4})?\\b)?`,
      "dgiu",
    ),
    holds: isStreet,
  },
  { kind: "ADDRESS", pattern: /\bp\.? ?o\.? box \d{1,7}\b/dgi },
  { kind: "ADDRESS", pattern: new RegExp(`\\b${STATE} \\d{5}(?:-\\d{4})?\\b`, "dg") },
  {
    kind: "ADDRESS",
    pattern: /\b(?:zip|postal|post) ?code[^\d\n.?!]{0,15}(?<value>\d{5}(?:-\d{4})?)\b/dgi,
  },
  { kind: "ADDRESS", pattern: /(?<![\w-])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/dg },
  {
    kind: "ADDRESS",
    pattern:
      /\b(?:live|lives|lived|living|moved|resides?|residing|grew up) (?:(?:over|out|here|up|down|back) )?(?:in|at|on|to|from) (?<value>\p{Lu}\p{Ll}+(?:[ -]\p{Lu}\p{Ll}+){0,2})/dgu,
    holds: (found) => !/^(?:My|The|Our|A|An|Assisted|Mr|Mrs|Ms|Dr)\b/.test(found.groups!["value"]!),
  },
];

/** Everything found, forms in the order of their weight. */
export function findValues(text: string): Span[] {
  return FORMS.flatMap(({ kind, pattern, holds }) =>
    [...text.matchAll(pattern)]
      .filter((found) => !holds || holds(found, text))
      .map((found) => {
        const [start, end] = found.indices?.groups?.["value"] ??
          found.indices?.[0] ?? [found.index, found.index + found[0].length];
        return trimmed(text, { kind, start, end });
      }),
  );
}

/** Blank space, commas and full stops at the end belong to the sentence. */
function trimmed(text: string, span: Span): Span {
  let { end } = span;
  while (end > span.start && /[\s,.]/.test(text[end - 1]!)) end -= 1;
  return { ...span, end };
}

/**
 * 'may', 'march' and 'mar' are words as well: without a capital, an ordinal, 'of' or a year they
 * count only where a date is announced.
 */
function isMonth(found: RegExpExecArray, text: string): boolean {
  const { month = "", ordinal, word, of, year } = found.groups!;
  if (!/^(?:may|march|mar)$/i.test(month) || ordinal || of || year?.trim()) return true;
  const before = text.slice(Math.max(0, found.index - 12), found.index);
  if (/\b(?:on|since|until|by|last|this|from|dated|before|after) $/i.test(before)) return true;
  // 'you may first notice', 'it may second …': an ordinal in words is no day then.
  if (word && /^(?:first|second)$/i.test(word)) return /^[A-Z]/.test(month);
  return Boolean(word) || /^[A-Z]/.test(month);
}

/** Short forms of streets are words, too ('st', 'dr', 'way'): they need a capital or a comma. */
function isStreet(found: RegExpExecArray): boolean {
  const address = found[0];
  const street =
    new RegExp(` ${STREET}\\b`, "i").exec(address.replace(/^\d+/, ""))?.[0].trim() ?? "";
  if (
    /^(?:st|dr|ct|pl|rd|ln|ave|way|place|close|court|drive|square|circle|trail|terrace)$/i.test(
      street,
    )
  ) {
    return (
      /\d[a-z]? (?:[nsew]\.? )?\p{Lu}/u.test(address) ||
      (/^\d{2,}/.test(address) && street.length > 4)
    );
  }
  return true;
}
