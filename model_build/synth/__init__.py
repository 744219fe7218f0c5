"""A simulator of visits: knowledge tables → encounter → what is said → the note.

| module | what it does |
|---|---|
| `knowledge/` | tables in TOML: conditions by specialty, symptoms, drugs, tests, people, wordings |
| `tables.py` | reads the tables into records and says what is wrong with them |
| `grammar.py` | expands wordings: `(a|b)`, `<rule>`, `{slot}` |
| `spoken.py`, `heard.py` | numbers, doses and readings as they are said, and back |
| `encounter/` | samples a patient, problems, history, drugs, findings, results and plan |
| `speech/` | says it: the turns, with every fact marked where it is stated |
| `noise.py` | hesitations, slips of a speech recognizer, spelling styles, speaker labels |
| `note/` | writes the note of what was said, in a house style |
| `pairs.py`, `check.py` | puts a pair together, checks it, and drops near-duplicates |
| `report.py` | how varied the pairs are, and how like a real set |
| `endpoint.py`, `chat.py` | the second source: pairs from models behind a server |
| `command.py` | `python -m model_build synth …` |
"""
