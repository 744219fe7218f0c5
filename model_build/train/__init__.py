"""Training: pairs of transcripts and notes → a LoRA adapter for the base model.

`python -m model_build train` reads the files, `examples.py` turns every pair into token ids with
the scribe's own command, and `loop.py` trains. What is special here is how little is computed:

* The transcript is read once and every section is a fork of it (`rows.py`, `attention.py`), exactly
  as the engine decodes.
* The adapted weights are merged once a step (`linear.py`), so that a layer costs one matrix product
  on the way up. With `--quantization` the merged weights are rounded as a build rounds them.
* Logits are computed only where there is a loss (`loss.py`).
"""
