"""`mlc-chat-config.json`, which tells MLC's tools what lies in a folder of weights."""

import json
from typing import Any

from .presets import ChatFormat, LlamaConfig
from .prompt import load_prompt, system_message
from .quantize import Quantization
from .tokenizer import control_ids

CHAT_CONFIG = "mlc-chat-config.json"

_TEMPLATES: dict[ChatFormat, dict[str, Any]] = {
    "chatml": {
        "name": "chatml",
        "system_template": "<|im_start|>system\n{system_message}<|im_end|>\n",
        "roles": {"user": "<|im_start|>user", "assistant": "<|im_start|>assistant"},
        "seps": ["<|im_end|>\n"],
        "role_content_sep": "\n",
        "role_empty_sep": "\n",
    },
    "llama3": {
        "name": "llama-3",
        "system_template": (
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n"
            "{system_message}<|eot_id|>"
        ),
        "roles": {
            "user": "<|start_header_id|>user",
            "assistant": "<|start_header_id|>assistant",
        },
        "seps": ["<|eot_id|>"],
        "role_content_sep": "<|end_header_id|>\n\n",
        "role_empty_sep": "<|end_header_id|>\n\n",
    },
}


def chat_config(
    config: LlamaConfig,
    quantization: Quantization,
    files: dict[str, bytes],
    prefill_chunk: int,
) -> dict[str, Any]:
    """The content of `mlc-chat-config.json`.

    Args:
        config: the model's shape.
        quantization: the weight format.
        files: the tokenizer files that lie beside it.
        prefill_chunk: tokens that are read at once.
    """
    ids = control_ids(json.loads(files["tokenizer.json"]))
    stops = [ids[name] for name in load_prompt(config.chat)["stop"] if name in ids]
    bos = ids.get("<|begin_of_text|>") if config.chat == "llama3" else ids.get("<|im_start|>")
    template = _TEMPLATES[config.chat]
    return {
        "version": "0.1.0",
        "model_type": "llama",
        "quantization": quantization.name,
        "model_config": _model_config(config, prefill_chunk),
        "vocab_size": config.vocab,
        "context_window_size": config.context,
        "sliding_window_size": -1,
        "prefill_chunk_size": prefill_chunk,
        "attention_sink_size": -1,
        "tensor_parallel_shards": 1,
        "pipeline_parallel_stages": 1,
        "temperature": 0.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "repetition_penalty": 1.0,
        "top_p": 1.0,
        "tokenizer_files": sorted(name for name in files if name.startswith("tokenizer")),
        "tokenizer_info": {
            "token_postproc_method": "byte_level",
            "prepend_space_in_encode": False,
            "strip_space_in_decode": False,
        },
        "conv_template": {
            **template,
            "system_message": system_message(config.chat),
            "role_templates": {
                "user": "{user_message}",
                "assistant": "{assistant_message}",
                "tool": "{tool_message}",
            },
            "messages": [],
            "stop_str": [],
            "stop_token_ids": stops,
            "function_string": "",
            "use_function_calling": False,
        },
        "bos_token_id": bos,
        "eos_token_id": stops,
        "pad_token_id": stops[0],
    }


def _model_config(config: LlamaConfig, prefill_chunk: int) -> dict[str, Any]:
    scaling = config.rope_scaling
    return {
        "hidden_size": config.hidden,
        "intermediate_size": config.ff,
        "num_attention_heads": config.heads,
        "num_hidden_layers": config.layers,
        "rms_norm_eps": config.rms_eps,
        "vocab_size": config.vocab,
        "tie_word_embeddings": config.tied,
        "position_embedding_base": config.rope_theta,
        "rope_scaling": scaling
        and {
            "rope_type": "llama3",
            "factor": scaling.factor,
            "low_freq_factor": scaling.low_freq_factor,
            "high_freq_factor": scaling.high_freq_factor,
            "original_max_position_embeddings": scaling.original_context,
        },
        "context_window_size": config.context,
        "prefill_chunk_size": prefill_chunk,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "tensor_parallel_shards": 1,
        "pipeline_parallel_stages": 1,
        "max_batch_size": 16,
        "disaggregation": False,
    }
