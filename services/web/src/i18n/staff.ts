/** Words of the staff pages, learnt when one of them is opened: riders do not load them. */
import { control as controlEn } from './en_control.ts'
import { enforcement as enforcementEn } from './en_enforcement.ts'
import { roads as roadsEn } from './en_roads.ts'
import { learn } from './index.ts'
import { control as controlVi } from './vi_control.ts'
import { enforcement as enforcementVi } from './vi_enforcement.ts'
import { roads as roadsVi } from './vi_roads.ts'

export const staff = {
  vi: { ...controlVi, ...enforcementVi, ...roadsVi },
  en: { ...controlEn, ...enforcementEn, ...roadsEn },
}
learn(staff)
