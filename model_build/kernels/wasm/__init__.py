"""Hand-scheduled TIR for WebAssembly SIMD128."""
