/** The site's models on this machine: what is stored, what fits, and what it costs to fetch. */
import { computed, signal } from "@preact/signals";

import type { StoredModel } from "../engine/model-store.ts";
import type { SiteModel } from "./site.ts";

/** Why a model is not loaded by itself. */
export type Hold = "metered" | "memory" | "cancelled" | "deleted";

/** Bytes that the browser grants this page on disk; persistent: it does not clear them by itself. */
export interface Room {
  usedBytes: number;
  totalBytes: number;
  persistent: boolean;
}

export interface Device {
  /** Memory as the browser tells it, rounded and capped; null where it does not tell. */
  memoryBytes: number | null;
  /** Whether the user or the network asks to save data. */
  metered: boolean;
}

/** The browser's storage, as far as models are concerned. */
export interface ModelStore {
  device: Device;
  stored(model: SiteModel): Promise<StoredModel>;
  remove(model: SiteModel): Promise<void>;
  /** null where the browser does not tell. */
  room(): Promise<Room | null>;
  /** Asks the browser never to clear what is stored by itself; whether it agreed. */
  persist(): Promise<boolean>;
}

export const isComplete = ({ bytes, totalBytes }: StoredModel): boolean =>
  totalBytes > 0 && bytes === totalBytes;

/** A page beside the engine, and the copies that loading makes. */
const OVERHEAD = 1.25;
/** What a tab can count on of all memory; phones end tabs that take more. */
const SHARE = 0.5;

/** Whether a model's memory fits the device, as far as the browser tells. */
export function fits({ memory }: SiteModel, { memoryBytes }: Device): boolean {
  if (typeof memory !== "number" || memoryBytes === null) return true;
  return memory * OVERHEAD <= memoryBytes * SHARE;
}

export class ModelManager {
  /** By name; a model that was not looked for yet is absent. */
  readonly stored = signal<ReadonlyMap<string, StoredModel>>(new Map());
  readonly room = signal<Room | null>(null);
  /** The last load found the disk full, so that the model must be downloaded again. */
  readonly full = signal(false);
  readonly #store: ModelStore | undefined;

  constructor(store: ModelStore | undefined) {
    this.#store = store;
  }

  get device(): Device {
    return this.#store?.device ?? { memoryBytes: null, metered: false };
  }

  fits = (model: SiteModel): boolean => fits(model, this.device);

  isStored = (model: SiteModel): boolean => {
    const stored = this.stored.value.get(model.name);
    return stored !== undefined && isComplete(stored);
  };

  /** Bytes that a load would download. */
  bytesToLoad = (model: SiteModel): number =>
    Math.max(0, model.bytes - (this.stored.value.get(model.name)?.bytes ?? 0));

  readonly anyStored = computed(() => [...this.stored.value.values()].some(isComplete));

  /** Why a model should not be loaded before the clinician asks for it; null where nothing is against it. */
  async reasonToAsk(model: SiteModel): Promise<Hold | null> {
    if (!this.fits(model)) return "memory";
    if (!this.device.metered) return null; // so a start is not kept waiting for the storage
    await this.refresh([model]);
    return this.isStored(model) ? null : "metered";
  }

  /** Looks at the storage again. */
  async refresh(models: readonly SiteModel[]): Promise<void> {
    const store = this.#store;
    if (!store) return;
    const found = await Promise.all(
      models.map(async (model) => [model.name, await store.stored(model)] as const),
    );
    this.stored.value = new Map([...this.stored.value, ...found]);
    this.room.value = await store.room();
  }

  async remove(model: SiteModel): Promise<void> {
    await this.#store?.remove(model);
    await this.refresh([model]);
  }

  async persist(): Promise<void> {
    await this.#store?.persist();
    this.room.value = (await this.#store?.room()) ?? null;
  }
}
