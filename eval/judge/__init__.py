"""A language model as judge of notes, behind any server that speaks the OpenAI protocol."""
