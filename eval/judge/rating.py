"""What a judge, machine or human, says about a note."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Scale = Annotated[int, Field(ge=1, le=5)]
Count = Annotated[int, Field(ge=0)]

SCALES = {
    "factual_correctness": "is everything in the note true of this visit?",
    "completeness": "does it hold all that matters for care?",
    "relevance": "does it leave out what does not matter?",
    "organisation": "does each thing stand in its section, in a clear order?",
    "conciseness": "is it as short as it can be?",
}
COUNTS = {
    "major_hallucinations": "invented or changed drugs, doses, diagnoses, sides, negations, "
    "allergies, results",
    "minor_hallucinations": "other statements that the transcript does not support",
    "major_omissions": "missing facts that could change the patient's care",
    "minor_omissions": "other missing facts",
}


class Rating(BaseModel):
    """Five ratings from 1 (bad) to 5 (good), and four counts."""

    model_config = ConfigDict(extra="forbid", strict=True)

    factual_correctness: Scale
    completeness: Scale
    relevance: Scale
    organisation: Scale
    conciseness: Scale
    major_hallucinations: Count
    minor_hallucinations: Count
    major_omissions: Count
    minor_omissions: Count

    @property
    def composite(self) -> float:
        """Mean of the five ratings. Our definition: the study's abstract does not give its own."""
        return sum(getattr(self, name) for name in SCALES) / len(SCALES)


def response_format() -> dict[str, Any]:
    """The schema as the protocol's `response_format`, strict: every field and no other."""
    schema = Rating.model_json_schema()
    return {
        "type": "json_schema",
        "json_schema": {"name": "rating", "strict": True, "schema": schema},
    }


def instruction() -> str:
    """What a judge is asked, the same for machines and on the sheet for human readers."""
    scales = "\n".join(f"- {name}: {about}" for name, about in SCALES.items())
    counts = "\n".join(f"- {name}: {about}" for name, about in COUNTS.items())
    return (
        "You are an experienced clinician who reviews a clinical note that was written from the "
        "transcript of a visit. Judge the note by the transcript alone.\n\n"
        f"Rate from 1 (bad) to 5 (good):\n{scales}\n\nCount:\n{counts}\n\n"
        "Answer with one JSON object that has exactly these nine fields, all of them integers."
    )
