/** Units of doses, measures and times, by the words for them. */
export type UnitClass =
  | "mass"
  | "form"
  | "percent"
  | "time"
  | "temperature"
  | "length"
  | "weight"
  | "volume"
  | "pressure"
  | "rate"
  | "concentration"
  | "angle"
  | "times"
  | "distance"
  | "none";

export interface Unit {
  name: string;
  class: UnitClass;
  /** Into the class's base unit. */
  factor: number;
}

export const unit = (name: string, cls: UnitClass, factor = 1): Unit => ({
  name,
  class: cls,
  factor,
});

export const UNITS: Record<string, Unit> = {};
const define = (found: Unit, ...words: string[]): void => {
  for (const word of words) UNITS[word] = found;
};
define(
  unit("mg", "mass", 1),
  "mg",
  "mgs",
  "milligram",
  "milligrams",
  "milligramme",
  "milligrammes",
);
define(unit("mcg", "mass", 0.001), "mcg", "mcgs", "ug", "µg", "microgram", "micrograms", "mikes");
define(unit("g", "mass", 1000), "g", "gm", "gram", "grams");
define(unit("units", "mass", 1e9), "unit", "units", "iu");
define(unit("meq", "mass", 1e12), "meq", "milliequivalents", "meqs");
define(
  unit("mL", "volume", 1),
  "ml",
  "mls",
  "mils",
  "mil",
  "cc",
  "ccs",
  "milliliter",
  "milliliters",
);
define(unit("teaspoon", "volume", 5), "teaspoon", "teaspoons", "tsp");
define(unit("L", "volume", 1000), "l", "liter", "liters", "litre", "litres");
define(unit("oz", "volume", 29.57), "ounce", "ounces", "oz");
define(
  unit("tablet", "form"),
  "tablet",
  "tablets",
  "tab",
  "tabs",
  "pill",
  "pills",
  "capsule",
  "capsules",
  "caps",
  "caplet",
  "caplets",
  "film",
  "films",
  "strip",
  "strips",
  "lozenge",
  "lozenges",
  "gummy",
  "gummies",
  "suppository",
  "suppositories",
);
define(unit("puff", "form"), "puff", "puffs", "inhalation", "inhalations");
define(unit("spray", "form"), "spray", "sprays", "squirt", "squirts");
define(unit("drop", "form"), "drop", "drops", "gtt");
define(unit("patch", "form"), "patch", "patches");
define(unit("%", "percent"), "%", "percent", "pct");
define(unit("minute", "time", 1 / 1440), "minute", "minutes", "min", "mins");
define(unit("second", "time", 1 / 86400), "seconds", "secs");
define(unit("hour", "time", 1 / 24), "hour", "hours", "hr", "hrs");
define(unit("day", "time", 1), "day", "days");
define(unit("night", "time", 1), "night", "nights");
define(unit("week", "time", 7), "week", "weeks", "wk", "wks");
define(unit("month", "time", 30), "month", "months", "mo", "mos");
define(unit("year", "time", 365), "year", "years", "yr", "yrs", "yo", "y");
define(unit("decade", "time", 3650), "decade", "decades");
define(unit("cycle", "none"), "cycles", "cycle");
define(unit("°", "temperature"), "degree", "degrees", "°");
define(unit("°F", "temperature"), "fahrenheit");
define(unit("°C", "temperature"), "celsius", "centigrade");
define(unit("mm", "length", 1), "mm", "millimeter", "millimeters", "millimetre", "millimetres");
define(unit("cm", "length", 10), "cm", "centimeter", "centimeters", "centimetre", "centimetres");
define(unit("inch", "length", 25.4), "inch", "inches");
define(unit("foot", "length", 304.8), "ft");
define(unit("lb", "weight", 0.4536), "lb", "lbs", "pound", "pounds");
define(unit("kg", "weight", 1), "kg", "kgs", "kilo", "kilos", "kilogram", "kilograms");
define(unit("bpm", "rate"), "bpm");
define(unit("times", "times"), "times", "time", "x");
define(unit("mile", "distance", 5280), "mile", "miles");
define(unit("feet", "distance", 1), "feet");
define(unit("yard", "distance", 3), "yard", "yards");
define(unit("block", "distance", 300), "block", "blocks");
define(unit("mmHg", "pressure"), "mmhg");

export const unitAt = (w: string | undefined): Unit | undefined =>
  w !== undefined && Object.hasOwn(UNITS, w) ? UNITS[w] : undefined;
