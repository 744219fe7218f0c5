"""WebGPU kernels: hand-scheduled TIR where time goes, TE under DLight's schedules elsewhere."""
