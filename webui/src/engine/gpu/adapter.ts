/** Finding a GPU, telling hardware from software, and asking for the limits that a plan needs. */
import { GpuLimitsError, NoWebGpuError, reason } from "../errors.ts";
import type { Plan } from "../plan.ts";
import { workgroupBytes, workgroupSize } from "./wgsl.ts";

export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  /** rendered by the CPU: never chosen automatically */
  readonly software: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

/** Whether the adapter is a software renderer. */
export function isSoftware({ info }: Pick<GPUAdapter, "info">): boolean {
  const { vendor, architecture, device, description } = info;
  return (
    info.isFallbackAdapter || SOFTWARE.test([vendor, architecture, device, description].join(" "))
  );
}

/** The browser's adapter, hardware where it has one; null where it offers none. */
export async function findAdapter(gpu: GPU | null): Promise<FoundAdapter | null> {
  if (gpu === null) return null;
  const adapter = await gpu
    .requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  return adapter === null ? null : { adapter, software: isSoftware(adapter) };
}

/** Limits by WebGPU's names. */
export type Limits = Record<string, number>;

/** What `plan` asks of a device. */
export function neededLimits(plan: Plan): Limits {
  const largest = Math.max(...plan.buffers.map((buffer) => buffer.bytes));
  const steps = Object.values(plan.functions).flatMap((fn) => fn.steps);
  const sizes = plan.kernels.map((kernel) => workgroupSize(kernel.wgsl!));
  const side = (axis: number): number => Math.max(...sizes.map((size) => size[axis]!));
  return {
    maxBufferSize: largest,
    maxStorageBufferBindingSize: largest,
    maxStorageBuffersPerShaderStage: Math.max(...steps.map((step) => step.buffers.length)),
    maxComputeWorkgroupSizeX: side(0),
    maxComputeWorkgroupSizeY: side(1),
    maxComputeWorkgroupSizeZ: side(2),
    maxComputeInvocationsPerWorkgroup: Math.max(...sizes.map(([x, y, z]) => x * y * z)),
    maxComputeWorkgroupStorageSize: Math.max(
      ...plan.kernels.map((kernel) => workgroupBytes(kernel.wgsl!)),
    ),
  };
}

/** A device with the plan's limits and features. Raises GpuLimitsError, NoWebGpuError. */
export async function requestDevice(adapter: GPUAdapter, plan: Plan): Promise<GPUDevice> {
  const requiredLimits = neededLimits(plan);
  for (const [name, needs] of Object.entries(requiredLimits)) {
    const has = adapter.limits[name as keyof GPUSupportedLimits] as number;
    if (has < needs) throw new GpuLimitsError(name, has, needs);
  }
  const features = plan.features as readonly GPUFeatureName[];
  const missing = features.find((feature) => !adapter.features.has(feature));
  if (missing !== undefined) throw new NoWebGpuError(`the GPU lacks the feature ${missing}`);
  try {
    return await adapter.requestDevice({ requiredFeatures: [...features], requiredLimits });
  } catch (error) {
    throw new NoWebGpuError(`the browser gave no device (${reason(error)})`);
  }
}
