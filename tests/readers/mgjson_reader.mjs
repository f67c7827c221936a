// Reads an mgJSON document from stdin, holds it against Adobe's rules, and gives its values back as JSON.
//
// The rules: the prose of the MGJSON2.0.0 schema, and what After Effects is known to want beyond it.

const LARGEST = 2147483648;

function must(holds, rule) {
  if (!holds) throw new Error(rule);
}

function sameKeys(object, keys, where) {
  must(JSON.stringify(Object.keys(object)) === JSON.stringify(keys), `${where}: ${Object.keys(object)} is not ${keys}`);
}

function numberOf(text, { isSigned, digitsInteger, digitsDecimal }, where) {
  const decimals = digitsDecimal ? `\\.\\d{${digitsDecimal}}` : "";
  const pattern = new RegExp(`^${isSigned ? "[+-]" : ""}\\d{${digitsInteger}}${decimals}$`);
  must(pattern.test(text), `${where}: ${text} is not of the pattern ${pattern}`);
  return Number(text);
}

function range(properties, values, where) {
  const { occuring, legal } = properties.range;
  must(occuring.min === Math.min(...values), `${where}: occurring minimum`);
  must(occuring.max === Math.max(...values), `${where}: occurring maximum`);
  must(legal.min <= occuring.min && occuring.max <= legal.max, `${where}: legal range`);
  must(Math.max(-legal.min, legal.max) <= LARGEST, `${where}: a number After Effects cannot read`);
}

function outlined(node, names) {
  must(/^[A-Za-z][A-Za-z0-9]*$/.test(node.matchName), `match name ${node.matchName}`);
  must(!names.has(node.matchName.toLowerCase()), `match name ${node.matchName} twice`);
  names.add(node.matchName.toLowerCase());
  return node;
}

function staticValue(node) {
  const where = node.displayName;
  if (node.dataType.type === "number") {
    const { numberStringProperties: properties } = node.dataType;
    const digits = Math.abs(node.value).toFixed(12).replace(/\.?0+$/, "").split(".");
    must(digits[0].length <= properties.pattern.digitsInteger, `${where}: whole digits`);
    must((digits[1] ?? "").length <= properties.pattern.digitsDecimal, `${where}: decimals`);
    range(properties, [node.value], where);
  } else {
    const { maxLen, maxDigitsInStrLength, eventMarkerB } = node.dataType.paddedStringProperties;
    must(node.dataType.type === "string", `${where}: type ${node.dataType.type}`);
    must(node.value.length === maxLen, `${where}: length`);
    must(String(maxLen).length === maxDigitsInStrLength && eventMarkerB === false, `${where}: properties`);
  }
  return { label: node.displayName, matchName: node.matchName, value: node.value };
}

function stream(node, set) {
  const where = node.displayName;
  must(set !== undefined, `${where}: no samples`);
  sameKeys(set, ["sampleSetID", "samples"], where);
  must(node.hasExpectedFrequecyB === false && node.dataType.type === "numberString", where);
  must(["hold", "linear"].includes(node.interpolation), `${where}: interpolation`);
  must(node.sampleCount === set.samples.length && set.samples.length > 0, `${where}: sample count`);
  const { numberStringProperties: properties } = node.dataType;
  const values = set.samples.map(({ value }) => numberOf(value, properties.pattern, where));
  const times = set.samples.map(({ time }) => {
    must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time), `${where}: time ${time}`);
    return Date.parse(time);
  });
  must(times.every((time, i) => i === 0 || times[i - 1] <= time), `${where}: order of samples`);
  range(properties, [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))], where);
  return { label: where, matchName: node.matchName, interpolation: node.interpolation, times, values };
}

function read(document) {
  const head = ["version", "creator", "dynamicSamplesPresentB"];
  const isDynamic = document.dynamicSamplesPresentB;
  sameKeys(
    document,
    isDynamic ? [...head, "dynamicDataInfo", "dataOutline", "dataDynamicSamples"] : [...head, "dataOutline"],
    "document",
  );
  must(document.version === "MGJSON2.0.0", "version");
  must(document.dataOutline.length > 0, "outline");
  const names = new Set();
  const nodes = document.dataOutline.map((node) => outlined(node, names));
  const moving = nodes.filter((node) => node.objectType === "dataDynamic");
  must(moving.length > 0 === isDynamic, "dynamic samples");
  if (isDynamic) {
    const { useTimecodeB, utcInfo } = document.dynamicDataInfo;
    must(useTimecodeB === false && utcInfo.precisionLength === 3 && utcInfo.isGMT === true, "times");
    must(document.dataDynamicSamples.length === moving.length, "sample sets");
  }
  const sets = new Map((document.dataDynamicSamples ?? []).map((set) => [set.sampleSetID, set]));
  return {
    statics: nodes.filter((node) => node.objectType === "dataStatic").map(staticValue),
    streams: moving.map((node) => stream(node, sets.get(node.sampleSetID))),
  };
}

let text = "";
process.stdin.setEncoding("utf8");
for await (const chunk of process.stdin) text += chunk;
process.stdout.write(JSON.stringify(read(JSON.parse(text))));
