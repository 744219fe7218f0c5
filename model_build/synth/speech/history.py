"""Why the patient comes, and what there is to tell of each problem."""

from __future__ import annotations

from collections.abc import Sequence

from ..encounter import Problem, SaidItem, SymptomHere, Truth
from ..grammar import list_words
from .asides import Asides
from .talk import Exchange, doing


class HistoryTalk(Asides):
    """Talk of complaint, symptoms and their story."""

    def opening(self) -> None:
        """Greetings, perhaps small talk, perhaps the patient introduced to the recorder."""
        person = self.e.person
        self.d(self.rule("d_hello", name=person.called.lower(), doctor=person.doctor.lower()))
        self.p(self.rule("p_hello"))
        if self.chance(0.7):
            self.d(self.rule("d_reply"))
        if self.chance(0.35):
            self.small_talk()
        if self.chance(0.22):
            self.d(self.rule("d_recorder"))
            self.p(self.rule("p_recorder"))
        if self.chance(self.manner.intro):
            self.intro()
        elif self.chance(0.45):
            said = self.mark(self.e.demographic, self.spoken(str(person.age)))
            self.d(
                self.words("(and |so |)(you're|you are) {x} (now|years old|) (, right|)?", x=said)
            )
            self.p(self.rule("p_mishear"))
            self.e.demographic.text = f"{person.age} years old"
            self.e.demographic.value.pop("sex", None)

    def intro(self) -> None:
        """The doctor says who the patient is, with what history, and why they come."""
        e, person = self.e, self.e.person
        gender = e.demographic.text.split()[-1]
        known = [p.truth for p in e.problems[1:]] + [b.truth for b in e.past if self.chance(0.6)]
        names = {id(p.truth): p.title for p in e.problems}
        said = [
            self.mark(truth, self.spoken(names.get(id(truth), truth.value["name"]).lower()))
            for truth in known
        ]
        history = f"{self.rule('d_history')} {list_words(said)}" if said else ""
        full = f"{person.first} {person.last}" if self.chance(0.5) else person.first
        if full != person.first:
            e.demographic.value["name"] = full
            e.demographic.text = f"{full}, {e.demographic.text}"
        short = self.mark(e.demographic, full.lower())
        age = self.mark(e.demographic, self.spoken(str(person.age)))
        complaint = self.mark(e.complaint, self._complaint_words())
        self.d(
            self.rule(
                "d_intro", short=short, age=age, gender=gender, history=history, complaint=complaint
            )
        )
        if self.chance(0.4):
            self.p(self.rule("p_mishear"))

    def complaint(self) -> None:
        """Why the patient comes, and all that there is to tell of the first problem."""
        e, rng = self.e, self.rng
        problem = e.problems[0]
        assert problem.complaint is not None
        self.d(
            self.rule("d_open", short=e.person.called.lower(), complaint=self._complaint_words())
        )
        lead = self.rule("p_complaint_lead")
        self.p(f"{lead} {self.mark(e.complaint, problem.context.say(problem.complaint.say))}")
        self.chat("patient", "p_fluff", 1.2)
        self.chat("patient", "p_story", 0.9)
        if self.manner.relative and self.chance(0.6):
            self.script.say(self.manner.relative, self.rule("r_adds"))
        exchanges = self.details(problem)
        told = [act for how, act in exchanges if how == "told"]
        count = rng.randint(0, 1) if self.manner.terse else rng.randint(1, 4)
        self.flowing = True
        self.run_all(told[:count])
        self.flowing = False
        rest = [act for how, act in exchanges if how != "told"] + told[count:]
        # How it began comes first; the rest comes up in any order.
        tail = rest[len(rest) // 3 :]
        rng.shuffle(tail)
        for act in rest[: len(rest) // 3] + tail:
            act()
            if self.chance(0.04):
                self.maybe_aside()

    def _complaint_words(self) -> str:
        """The complaint as the doctor names it."""
        return self.spoken(self.e.complaint_np.lower().replace("follow-up", "follow up"))

    def details(self, problem: Problem) -> list[tuple[str, Exchange]]:
        """The exchanges about a problem: what is told, then what is asked."""
        rng = self.rng
        made: list[tuple[str, Exchange]] = []
        waiting = list(problem.story)
        while waiting:
            item = waiting.pop(0)
            if not item.item.ask:
                made.append(("told", lambda i=item: self.story_told(i)))
            elif waiting and waiting[0].item.ask and self.chance(0.45):
                both = (item, waiting.pop(0))
                made.append(("asked", lambda b=both: self.stories_asked(b)))
            else:
                made.append(("asked", lambda i=item: self.story_asked(i)))
        present = [s for s in problem.symptoms if s.present]
        absent = [s for s in problem.symptoms if not s.present]
        rng.shuffle(present)
        for symptom in present:
            if symptom.symptom.say and self.chance(0.45):
                made.append(("told", lambda s=symptom: self.symptom_told(s)))
            elif absent and self.chance(0.35):
                other = absent.pop()
                made.append(("asked", lambda s=symptom, o=other: self.symptoms_mixed(s, o)))
            else:
                made.append(("asked", lambda s=symptom: self.symptom_asked(s)))
        while absent:
            group = [absent.pop() for _ in range(min(len(absent), rng.choice((1, 2, 3, 3, 4))))]
            made.append(("asked", lambda g=tuple(group): self.symptoms_denied(g)))
        if problem.home:
            made.append(("asked", lambda: self.home(problem)))
        return made

    def stories_asked(self, items: Sequence[SaidItem]) -> None:
        """Two questions at once, and the answers in one breath."""
        questions, answers = [], []
        for item in items:
            questions.append(f"{self.mark(item.truth, item.context.say(item.item.ask or ''))}?")
            answers.append(self.mark(item.truth, item.context.say(item.item.say)))
        self.ask(f" {self.rule('d_two')} ".join(questions), 0.4)
        lead = self.rule("p_lead") if self.chance(0.4) else ""
        between = f". {self.rule('p_go_on')} "
        self.p(f"{lead} {between.join(answers)}")
        self.chat("patient", "p_fluff", 0.6)

    def story_asked(self, item: SaidItem) -> None:
        """A question about how it is, and its answer."""
        question = item.context.say(item.item.ask or "")
        answer = item.context.say(item.item.say)
        # The answer alone may say little, so the question is marked too.
        short = len(answer.split()) < 6 or answer.startswith(("yeah", "yes", "no"))
        self.ask(self.mark(item.truth, question) + "?" if short else question)
        plain = not answer.startswith(("yeah", "yes", "no", "oh", "well", "honestly"))
        lead = self.rule("p_lead") if plain and self.chance(0.35) else ""
        self.p(f"{lead} {self.mark(item.truth, answer)}")
        self.chat("patient", "p_fluff", 0.6)
        self.repeat(item.truth, answer)

    def repeat(self, truth: Truth, answer: str) -> None:
        """Now and then the doctor repeats a short answer to be sure."""
        if self.chance(0.05) and len(answer.split()) < 9 and " i " not in f" {answer} ":
            back = answer.replace("my ", "your ").replace("i'm", "you're")
            self.d(f"{self.mark(truth, back)}?")
            self.p(self.rule("p_mishear"))

    def story_told(self, item: SaidItem) -> None:
        """Part of the story, told without a question of its own."""
        if not self.flowing and self.chance(0.2):
            self.d(self.rule("d_why") if self.chance(0.4) else self.rule("d_ack"))
        self.p(f"{self.rule('p_go_on')} {self.mark(item.truth, item.context.say(item.item.say))}")
        self.chat("patient", "p_fluff", 0.5)

    def symptom_told(self, here: SymptomHere) -> None:
        """A symptom that the patient brings up, or a relative."""
        if here.symptom.other and self.manner.relative and self.chance(0.6):
            self.script.say(self.manner.relative, self.mark(here.truth, self.other(here)))
            self.p(self.rule("p_gives_in"))
            return
        if not self.flowing and self.chance(0.18):
            self.d(self.rule("d_ack") if self.chance(0.6) else self.rule("d_why"))
        self.p(f"{self.rule('p_go_on')} {self.mark(here.truth, self.c.say(here.symptom.say))}")
        self.chat("patient", "p_fluff", 0.5)
        if not self.flowing:
            self.chat("doctor", "d_fluff", 0.5)

    def other(self, here: SymptomHere) -> str:
        """A symptom in the words of a relative."""
        return self.c.say(here.symptom.other or "")

    def symptom_asked(self, here: SymptomHere) -> None:
        """A symptom that is there when it is asked for."""
        self.ask(self.any_question(here), 0.2)
        if here.symptom.other and self.manner.relative and self.chance(0.6):
            # The patient plays it down, and the relative knows better.
            self.p(self.rule("p_plays_down"))
            self.script.say(
                self.manner.relative,
                self.mark(here.truth, self.rule("r_knows", x=self.other(here))),
            )
            if self.chance(0.5):
                self.p(self.rule("p_gives_in"))
            return
        yes = self.rule("p_yes")
        if here.symptom.say and self.chance(0.6):
            self.p(f"{yes} , {self.mark(here.truth, self.c.say(here.symptom.say))}")
        else:
            self.p(self.mark(here.truth, yes))

    def any_question(self, here: SymptomHere) -> str:
        """The question for one symptom: 'any rash?', 'have you been losing hair?'."""
        word = self.c.say(here.symptom.ask)
        rule = "d_been" if doing(word) else "d_any"
        return self.rule(rule, x=self.mark(here.truth, word))

    def listed(self, group: Sequence[SymptomHere]) -> str:
        """Symptoms as a question lists them; what one is doing comes last."""
        words = [(self.c.say(s.symptom.ask), s) for s in group]
        words.sort(key=lambda pair: doing(pair[0]))
        return list_words([self.mark(s.truth, word) for word, s in words], "or")

    def symptoms_denied(self, group: Sequence[SymptomHere]) -> None:
        """Symptoms that are asked for and not there."""
        truths = [s.truth for s in group]
        if len(group) == 1:
            self.ask(self.any_question(group[0]), 0.2)
            self.p(self.mark(truths, self.rule("p_no")))
        else:
            self.ask(self.rule("d_any_list", x=self.listed(group)), 0.1)
            self.p(self.mark(truths, self.rule("p_no_list")))

    def symptoms_mixed(self, here: SymptomHere, other: SymptomHere) -> None:
        """A question about two symptoms of which one is there."""
        pair = [here, other]
        self.rng.shuffle(pair)
        words = {id(s): self.c.say(s.symptom.ask) for s in pair}
        listed = [self.mark(s.truth, words[id(s)]) for s in pair]
        self.ask(self.rule("d_any_list", x=list_words(listed, "or")), 0.1)
        self.p(self.mark([here.truth, other.truth], self.rule("p_yes_but", x=words[id(here)])))

    def other_problem(self, problem: Problem) -> None:
        """A further problem, from how it has been to what is taken for it."""
        said = self.mark(problem.truth, problem.spoken)
        self.d(f"{self.ack(0.4)} {self.rule('d_next_topic', x=said)}")
        bad = any(s.present for s in problem.symptoms)
        bad |= problem.state in ("poor", "bad", "flare", "under")
        self.p(self.rule("p_topic_bad" if bad else "p_topic_good"))
        self.chat("patient", "p_story", 0.6)
        exchanges = [act for _, act in self.details(problem)]
        self.rng.shuffle(exchanges)
        self.run_all(exchanges)

    def ros(self) -> None:
        """What else is asked for and not there."""
        denied = self.e.denied
        if not denied:
            return
        truths = [s.truth for s in denied]
        self.d(f"{self.ack(0.3)} {self.rule('d_ros', x=self.listed(denied))}")
        self.p(self.mark(truths, self.rule("p_no_list")))
