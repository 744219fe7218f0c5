/** The two-layer test model with random weights, which `make` builds. */
import { existsSync } from "node:fs";

export const MODEL_FOLDER = new URL("../../../../build/models/tiny", import.meta.url).pathname;
export const MODEL_IS_BUILT = existsSync(`${MODEL_FOLDER}/manifest.json`);

/** `name`, or with the reason for skipping where the model is not built. */
export const withModel = (name: string): string =>
  MODEL_IS_BUILT ? name : `${name} (skipped: build/models/tiny is not built)`;
