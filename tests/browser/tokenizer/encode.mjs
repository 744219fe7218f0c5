// Token ids from the scribe's own tokenizer: `node encode.mjs TOKENIZER.json`, texts as a JSON
// list on standard input, lists of ids on standard output.
import { readFileSync } from "node:fs";

import { Tokenizer } from "../../../webui/src/scribe/tokenizer.ts";

const tokenizer = new Tokenizer(JSON.parse(readFileSync(process.argv[2], "utf8")));
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => tokenizer.encode(text))));
