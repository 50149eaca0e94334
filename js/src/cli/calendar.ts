/**
 * Times to CF numbers: ISO labels in their own calendar become "seconds since" (or microseconds since) the day of the
 * first of them, in the same calendar. Readers decode them with any CF library.
 */

import type { Labels } from "../api/result.js";

/** Times as CF wants them. */
export interface CfTimes {
	numbers: bigint[];
	units: string;
}

const ISO = /^([+-]?\d{4,})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?Z?$/;
const BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/** The first day of the Gregorian calendar, as year * 10000 + month * 100 + day, and the days the reform left out. */
const REFORM = 15821015;

/** The numbers of labels; undefined if one of them is no time, or the calendar is not known. */
export function cfTimesOf(labels: Labels, calendar: string): CfTimes | undefined {
	const parsed = labels.map((label) => (typeof label === "string" ? ISO.exec(label) : null));
	const first = parsed[0];
	if (!first || parsed.includes(null)) return undefined;
	const [, year = "", month = "", day = ""] = first;
	const origin = dayNumber(Number(year), Number(month), Number(day), calendar);
	if (origin === undefined) return undefined;
	const micros: bigint[] = [];
	for (const match of parsed) {
		const [, y, m, d, hours = 0, minutes = 0, seconds = 0, fraction = ""] = match ?? [];
		const days = dayNumber(Number(y), Number(m), Number(d), calendar);
		if (days === undefined) return undefined;
		const whole = (days - origin) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
		micros.push(BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6)));
	}
	const even = micros.every((value) => value % 1_000_000n === 0n);
	const since = `since ${year}-${month}-${day} 00:00:00`;
	return even
		? { numbers: micros.map((value) => value / 1_000_000n), units: `seconds ${since}` }
		: { numbers: micros, units: `microseconds ${since}` };
}

/** Days from some fixed day of the calendar. */
function dayNumber(year: number, month: number, day: number, calendar: string): number | undefined {
	const before = BEFORE_MONTH[month - 1];
	if (before === undefined) return undefined;
	const inYear = (leap: boolean) => before + (leap && month > 2 ? 1 : 0) + day - 1;
	const julian = () => 365 * year + Math.ceil(year / 4) + inYear(year % 4 === 0);
	const gregorian = () =>
		365 * year + Math.ceil(year / 4) - Math.ceil(year / 100) + Math.ceil(year / 400) + inYear(isGregorianLeap(year));
	switch (calendar) {
		case "360_day":
			return 360 * year + 30 * (month - 1) + day - 1;
		case "noleap":
		case "365_day":
			return 365 * year + inYear(false);
		case "all_leap":
		case "366_day":
			return 366 * year + inYear(true);
		case "julian":
			return julian();
		case "proleptic_gregorian":
			return gregorian();
		case "standard":
		case "gregorian":
			// Gregorian and Julian day numbers of year 0 lie two days apart.
			return year * 10000 + month * 100 + day >= REFORM ? gregorian() : julian() - 2;
		default:
			return undefined;
	}
}

function isGregorianLeap(year: number): boolean {
	return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
