/** Whether a key press belongs to a field in which somebody is writing. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true
  return target instanceof HTMLInputElement && !['radio', 'checkbox', 'range', 'button'].includes(target.type)
}
