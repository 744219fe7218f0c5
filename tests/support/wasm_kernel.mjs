// Runs one exported kernel on buffers read from a file: the spec names addresses, scalars, threads.
import fs from "node:fs";

const [wasm, specFile, data] = process.argv.slice(2);
const spec = JSON.parse(fs.readFileSync(specFile, "utf8"));
const memory = new WebAssembly.Memory({ initial: Math.ceil(spec.end / 65536) + 1, maximum: 65536 });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(wasm)), {
  env: { memory },
});
const bytes = new Uint8Array(memory.buffer);
bytes.set(fs.readFileSync(data), spec.start);
for (let thread = 0; thread < spec.threads; thread++) {
  exports[spec.kernel](...spec.addresses, ...spec.scalars, thread, spec.threads);
}
fs.writeFileSync(data, bytes.subarray(spec.start, spec.end));
