const [, ...words] = require("fs").readFileSync(0, "utf8").trim().split("\n");
const families = new Map();
for (const word of words) {
  const letters = [...word.toLowerCase()].sort().join("");
  families.set(letters, [...(families.get(letters) ?? []), word]);
}
let largest = [];
for (const family of families.values()) {
  if (family.length > largest.length) largest = family;
}
console.log(largest.join("\n"));
