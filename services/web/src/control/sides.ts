/** Words for an approach of a junction. */
import { tCode } from '../i18n/index.ts'

/** `west-2` is the second from the west. */
export function sideOf(approach: string): string {
  const [side, nth] = approach.split('-')
  const words = tCode('camera.from.', side ?? approach)
  return nth ? `${words} (${nth})` : words
}
