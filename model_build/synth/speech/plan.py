"""What the doctor thinks and wants done, and the end of the visit."""

from __future__ import annotations

from ..encounter import Medication, SaidItem
from .drugs import DrugTalk


class PlanTalk(DrugTalk):
    """Talk of assessment and plan."""

    def plan(self) -> None:
        """Each problem: what the doctor thinks, what is done, and why."""
        self.d(f"{self.ack(0.2)} {self.rule('d_plan_start')}")
        if self.chance(0.4):
            self.p(self.rule("p_okay"))
        for i, problem in enumerate(self.e.problems):
            name = self.mark(problem.truth, problem.context.say(problem.condition.spoken))
            ordinal = ("one", "two", "three", "four", "five")[i]
            lead = self.rule("d_next_problem" if i else "d_first_problem", x=name, ordinal=ordinal)
            lines = [self.mark(a.truth, a.context.say(a.item.say)) for a in problem.assess]
            actions: list[str] = [self.action(m) for m in problem.drugs]
            actions += [self.mark(t.truth, t.context.say(t.item.say)) for t in problem.treat]
            actions += [self.order(o, "d_order") for o in problem.order]
            actions += [self.order(r, "d_refer") for r in problem.refer]
            actions += [self.order(t, "d_teach") for t in problem.teach]
            if self.chance(0.25):
                self.rng.shuffle(actions)
            first, *rest = lines + actions if lines else actions or [""]
            self.d(f"{lead} {first}")
            explained = self.tables.explain.get(problem.condition.name)
            if explained and self.chance(0.75 if problem.primary else 0.5):
                self.d(self.c.say(explained))
            self.chat("doctor", "d_explain", 1.2)
            self.chat("doctor", "d_talk", 0.9)
            for text in rest:
                if self.chance(self.manner.back):
                    self.p(self.rule("p_react"))
                link = self.words("(and|and|also|so|then|um ,|and then|)")
                self.d(f"{link} {text}" if self.chance(0.4) else text)
                self.chat("doctor", "d_explain", 0.5)
            self.chat("doctor", "d_talk", 0.25)
            if self.chance(0.4):
                self.p(self.rule("p_react"))
            if self.chance(0.3) and self.plan_questions:
                self.exchange(self.plan_questions.pop())

    def action(self, m: Medication) -> str:
        """What is done with a drug, now and then with a dose that is taken back."""
        name = m.called.lower()
        if m.action in ("increase", "decrease"):
            assert m.old is not None
            old, new = self.spoken(m.old.dose), self.amount_words(m)
            return self.mark(m.truth, self.rule(f"d_{m.action}", drug=name, old=old, x=new))
        other = self.other_dose(m)
        if m.action == "start" and other and self.chance(self.manner.correct * 0.6):
            slip = self.mislead(
                self.spoken(other),
                f"{m.drug.name} {other}, said by mistake",
                name=m.drug.name,
                dose=other,
            )
            course = f" {self.spoken(m.course)}" if m.course else ""
            right = self.mark(m.truth, f"{self.amount_words(m)}{course}")
            lead = self.rule("d_start", x=self.mark(m.truth, name))
            return f"{lead} {slip} , {self.rule('fix')} {right}"
        words = self.drug_words(m)
        if m.action in ("continue", "stop", "refill") and not m.with_dose:
            words = f"{self.rng.choice(('the', 'your'))} {words}"
        return self.mark(m.truth, self.rule(f"d_{m.action}", x=words))

    def order(self, item: SaidItem, rule: str) -> str:
        """A test, referral or piece of advice in the words of its rule."""
        return self.mark(item.truth, self.rule(rule, x=item.context.say(item.item.say)))

    def ending(self) -> None:
        """Follow-up, questions, goodbye."""
        e = self.e
        if self.chance(0.85):
            self.d(self.mark(e.follow_up, self.rule("d_follow", x=e.follow_up_time.said)))
            if self.chance(0.5):
                self.p(self.rule("p_okay"))
        self.chat("doctor", "d_talk", 0.8)
        if self.chance(0.75):
            self.d(self.rule("d_questions"))
            if self.chance(0.55):
                self.p(self.mark(e.agrees, self.rule("p_agree")))
            else:
                self.p(self.rule("p_no_questions"))
        elif self.chance(0.6):
            self.p(self.mark(e.agrees, self.rule("p_agree")))
        self.d(self.rule("d_bye", name=e.person.called.lower()))
        if self.chance(0.6):
            self.p(self.rule("p_bye"))
