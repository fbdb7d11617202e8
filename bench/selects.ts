/** Whether a case is asked for by parts of names: none asks for all. `B1` is no part of `B10`. */
export function selects(parts: readonly string[], name: string): boolean {
  return parts.length === 0 || parts.some((part) => contains(name, part))
}

function contains(name: string, part: string): boolean {
  const at = name.indexOf(part)
  return at >= 0 && !(/\d$/.test(part) && /\d/.test(name.charAt(at + part.length)))
}
