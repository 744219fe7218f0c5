/** The worker of the test bench's page: loads an engine as the product's own worker does. */
import { browserHost, openBrowserSource } from "../src/engine/index.ts";
import { type LabRequest, answer } from "./requests.ts";

export type LabReply = { result: unknown } | { error: string };

async function put(url: string, values: Float32Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(url, { method: "PUT", body: values });
  if (!response.ok) throw new Error(`the server did not take the logits: ${response.status}`);
}

async function bytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const place = {
  host: browserHost(),
  // Nothing is stored, so that a load is always measured from the server's files.
  open: (model: string) => openBrowserSource(new URL(model, location.href), { caches: null }),
  save: put,
  read: bytes,
};

onmessage = ({ data }: MessageEvent<LabRequest>) => {
  answer(data, place).then(
    (result) => postMessage({ result } satisfies LabReply),
    (error: unknown) => postMessage({ error: String(error) } satisfies LabReply),
  );
};
