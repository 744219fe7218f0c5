/** Words that were misheard: edit distance and a key of how a word sounds. */

/** Levenshtein distance, given up above `most`. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const value = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      next.push(value);
      if (value < least) least = value;
    }
    if (least > most) return most + 1;
    row = next;
  }
  return row[b.length] ?? most + 1;
}

/** Consonants in order, as they sound; vowels only at the start. */
export function soundKey(word: string): string {
  const said = word
    .replace(/ph/g, "f")
    .replace(/th/g, "t")
    .replace(/(?:ck|qu|q|c(?![eiy])|k)/g, "k")
    .replace(/(?:c|z|x|s)/g, "s")
    .replace(/(?:dg|j|g(?=[eiy]))/g, "j")
    .replace(/v/g, "f")
    .replace(/[hwy]/g, "");
  const head = /^[aeiou]/.test(said) ? "a" : said.charAt(0);
  return (
    head +
    said
      .slice(1)
      .replace(/[aeiou]/g, "")
      .replace(/(.)\1+/g, "$1")
  );
}

/** Whether a heard word may be a misheard form of a name. */
export function soundsLike(heard: string, name: string): boolean {
  if (heard.length < 5 || name.length < 5) return false;
  const most = Math.min(3, Math.floor(Math.max(heard.length, name.length) / 4));
  const apart = distance(heard, name, most);
  if (apart <= Math.min(2, most) && soundKey(heard).charAt(0) === soundKey(name).charAt(0))
    return true;
  if (apart <= most && soundKey(heard) === soundKey(name)) return true;
  // The start was lost ("zempic"), or the name is cut short ("clinda").
  const lost = name.length - heard.length;
  if (lost > 0 && lost <= 2 && heard.length >= 5 && name.endsWith(heard)) return true;
  return heard.length >= 5 && name.startsWith(heard);
}

/** Whether words run together ("carve a deal all") have a name's consonants. */
export function soundsLikeJoined(heard: string, name: string): boolean {
  if (name.length < 6) return false;
  const most = Math.ceil(name.length * 0.5);
  if (Math.abs(heard.length - name.length) > most) return false;
  const key = soundKey(name);
  if (key.length < 4 || soundKey(heard) !== key) return false;
  return distance(heard, name, most) <= most;
}
