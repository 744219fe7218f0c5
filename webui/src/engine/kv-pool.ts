/** Rows of the KV cache: the shared prefix first, then a region for each sequence of the fork. */
import { TooLongError } from "./errors.ts";
import type { PlanLimits } from "./plan.ts";

/** Regions start at multiples of eight rows, the block in which the kernels read keys. */
const BLOCK = 8;

export const alignRows = (rows: number): number => Math.ceil(rows / BLOCK) * BLOCK;

export interface Region {
  /** first cache row */
  readonly start: number;
  /** tokens that the sequence may hold */
  readonly capacity: number;
}

/**
 * One region per sequence behind a prefix of `prefixLength` rows, for `needs[i]` tokens each.
 * Raises TooLongError where the cache's rows or the model's positions do not suffice.
 */
export function allocateRegions(
  prefixLength: number,
  needs: readonly number[],
  limits: Pick<PlanLimits, "rows" | "positions">,
): Region[] {
  let next = alignRows(prefixLength);
  const regions = needs.map((capacity) => {
    const tokens = prefixLength + capacity;
    if (tokens > limits.positions) {
      throw new TooLongError("The text with what is to be written", tokens, limits.positions);
    }
    const start = next;
    next += alignRows(capacity);
    return { start, capacity };
  });
  if (next > limits.rows)
    throw new TooLongError("The text with all that is to be written", next, limits.rows);
  return regions;
}
