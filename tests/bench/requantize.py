"""Writes the base model's GGUF again with its Q4_1 tensors as Q8_0, wllama's fastest format."""

from pathlib import Path

import gguf
from gguf.quants import dequantize, quantize


def to_q8_0(source: Path, target: Path) -> None:
    """Copies a GGUF, each Q4_1 tensor dequantized and quantized to Q8_0; the rest as it is."""
    reader = gguf.GGUFReader(source)
    partial = target.with_suffix(".partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(partial, "llama")
    for field in reader.fields.values():
        # The writer makes these itself.
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    q8_0 = gguf.GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        if tensor.tensor_type == gguf.GGMLQuantizationType.Q4_1:
            columns, rows = (int(n) for n in tensor.shape)
            values = dequantize(tensor.data, tensor.tensor_type).reshape(rows, columns)
            writer.add_tensor(tensor.name, quantize(values, q8_0), raw_dtype=q8_0)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.rename(target)
