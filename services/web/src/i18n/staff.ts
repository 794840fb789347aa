/** Words of the staff pages, learnt when one of them is opened: riders do not load them. */
import { control as controlEn } from './en_control.ts'
import { enforcement as enforcementEn } from './en_enforcement.ts'
import { learn } from './index.ts'
import { control as controlVi } from './vi_control.ts'
import { enforcement as enforcementVi } from './vi_enforcement.ts'

export const staff = { vi: { ...controlVi, ...enforcementVi }, en: { ...controlEn, ...enforcementEn } }
learn(staff)
