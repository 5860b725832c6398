import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ViolationGroup } from '@/api/generated'
import { Badge, type Column, DataTable, Sparkline, TextLink } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import { Samples } from './Samples'
import styles from './ViolationTable.module.css'

export function ViolationTable({ groups }: { groups: ViolationGroup[] }) {
  const t = useText()
  const format = useFormat()
  const faultName = useFaultName()
  const [open, setOpen] = useState<ViolationGroup>()
  const columns: Column<ViolationGroup>[] = [
    {
      id: 'what',
      header: t('violation'),
      cell: (one) => (
        <span className={styles.what}>
          {faultName(one.code)}
          <code>{one.path === '$' ? '' : one.path.replace(/^\$\./, '')}</code>
        </span>
      ),
    },
    {
      id: 'event',
      header: t('rule_of'),
      cell: (one) => (
        <TextLink to="/data/rule" search={{ event: one.subject }}>
          {one.subject || t('traits_rule')}
        </TextLink>
      ),
    },
    {
      id: 'mode',
      header: t('mode'),
      cell: (one) => (
        <Badge tone={one.mode === 'block' ? 'guard' : 'late'}>{t(`mode_${one.mode}`)}</Badge>
      ),
    },
    {
      id: 'course',
      header: t('course'),
      cell: (one) => {
        const days = Object.values(one.n_by_day)
        return days.length > 1 ? <Sparkline values={days} label={t('course_of')} /> : '–'
      },
    },
    { id: 'n', header: t('count_header'), cell: (one) => format.number(one.n), isNumber: true },
    {
      id: 'last',
      header: t('until'),
      cell: (one) => <span title={format.instant(one.last_at)}>{format.ago(one.last_at)}</span>,
      isNumber: true,
    },
    {
      id: 'samples',
      header: t('samples'),
      cell: (one) => (
        <Button size="compact-sm" variant="subtle" onClick={() => setOpen(one)}>
          {t('show_samples')}
        </Button>
      ),
      isNumber: true,
    },
  ]
  return (
    <>
      <DataTable
        caption={t('tab_violations')}
        columns={columns}
        rows={groups}
        rowKey={(one) => [one.subject, one.path, one.code, one.mode].join('/')}
      />
      {open && <Samples group={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

const known = ['unknown_event', 'unknown_property', 'required', 'type', 'enum', 'format'] as const

/** Returns a keyword of a schema in the reader's words. */
export function useFaultName(): (code: string) => string {
  const t = useText()
  return (code) => {
    const found = known.find((one) => one === code)
    return found ? t(`code_${found}`) : t('code_any', { code })
  }
}
