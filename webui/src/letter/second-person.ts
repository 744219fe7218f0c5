/**
 * 'The patient should rest' → 'You should rest'. Only where the line names the patient as 'patient'
 * and its verb is one whose second person is known; 'he' and 'she' can be others, and stay.
 */
const VERBS: Readonly<Record<string, string>> = {
  is: "are",
  was: "were",
  has: "have",
  does: "do",
  will: "will",
  should: "should",
  may: "may",
  can: "can",
  must: "must",
  would: "would",
  could: "could",
  had: "had",
  did: "did",
  reports: "report",
  reported: "reported",
  presents: "came",
  presented: "came",
  denies: "deny",
  denied: "denied",
  takes: "take",
  took: "took",
  needs: "need",
  continues: "continue",
  feels: "feel",
  agrees: "agree",
  agreed: "agreed",
  understands: "understand",
  prefers: "prefer",
  uses: "use",
  states: "say",
  complains: "complain",
  smokes: "smoke",
  received: "received",
  remains: "remain",
};

const SUBJECT = /(^|[.;,]\s+|\b(?:and|that|if|so|because) )(?:the )?(?:patient|pt\.?) ([a-z]+)\b/gi;

export function toSecondPerson(text: string): string {
  const turned = text.replace(SUBJECT, (all: string, before: string, verb: string, at: number) => {
    const known = Object.hasOwn(VERBS, verb.toLowerCase()) ? VERBS[verb.toLowerCase()] : undefined;
    if (known === undefined) return all;
    const begins = (at === 0 && before === "") || /[.]\s+$/.test(before);
    return `${before}${begins ? "You" : "you"} ${known}`;
  });
  // What is left of the patient, as an owner or an object.
  return turned
    .replace(/^(?:the )?patient['’]s\b/i, "Your")
    .replace(/\b(?:the )patient['’]s\b/gi, "your")
    .replace(
      /\b(to|for|with|advised|told|instructed|counseled|educated|see|gave|reminded) (?:the )?(?:patient|pt)\b(?!['’])/gi,
      "$1 you",
    );
}
