/** The browser's own storage for models. */
import { removeModel, storedModel } from "../engine/model-store.ts";
import type { Device, ModelStore, Room } from "./models.ts";
import { modelAddress } from "./site.ts";

interface Connection {
  saveData?: boolean;
  type?: string;
  effectiveType?: string;
}

const SLOW: readonly (string | undefined)[] = ["slow-2g", "2g"];

function device(): Device {
  const { deviceMemory, connection = {} } = navigator as {
    deviceMemory?: number; // GiB
    connection?: Connection;
  };
  return {
    memoryBytes: deviceMemory === undefined ? null : deviceMemory * 2 ** 30,
    metered:
      connection.saveData === true ||
      connection.type === "cellular" ||
      SLOW.includes(connection.effectiveType),
  };
}

async function room(): Promise<Room | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    if (usage === undefined || quota === undefined) return null;
    return { usedBytes: usage, totalBytes: quota, persistent: await navigator.storage.persisted() };
  } catch {
    return null; // plain http, or refused
  }
}

export function browserModels(): ModelStore {
  return {
    device: device(),
    stored: ({ name }) => storedModel(modelAddress(name)),
    remove: ({ name }) => removeModel(modelAddress(name)),
    room,
    persist: async () => {
      try {
        return await navigator.storage.persist();
      } catch {
        return false;
      }
    },
  };
}
