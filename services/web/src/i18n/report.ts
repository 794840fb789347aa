/** Words of the page of reports, learnt when it is opened. */
import { report as en } from './en_report.ts'
import { learn } from './index.ts'
import { report as vi } from './vi_report.ts'

export const reporting = { vi, en }
learn(reporting)
