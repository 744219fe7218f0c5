// Exports encounters (a JSON list on stdin) in every file format; binary content comes as base64.
import { composeExport, FILE_FORMATS, makeFile } from "../../webui/src/export/index.ts";
import { newUuid } from "../../webui/src/note/identity.ts";
import { texts } from "../../webui/src/page/texts.ts";

const words = texts.export.document;
const making = { now: new Date("2026-11-24T11:00:00Z"), newUuid };
const encounters = JSON.parse(await new Response(process.stdin).text());
const answers = [];
for (const encounter of encounters) {
  const document = composeExport(encounter, words);
  const files = {};
  for (const format of FILE_FORMATS) {
    const { content } = await makeFile(format, document, words, making);
    files[format] = typeof content === "string" ? content : Buffer.from(content).toString("base64");
  }
  answers.push({ statement: document.statement, sections: document.sections, files });
}
process.stdout.write(JSON.stringify(answers));
