import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getPlan, type PlanVersion, type PlanVersionSummary } from '@/api/generated'
import { listPlanVersionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { type Column, Confirm, DataTable, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'
import { useApplyPlan } from './usePlan'

export function PlanHistory({ current }: { current: PlanVersion }) {
  const t = useText()
  const format = useFormat()
  const mayWrite = useMay('write')
  const versions = useQuery(listPlanVersionsOptions({ query: { limit: 20 } }))
  const [chosen, setChosen] = useState<number>()
  const apply = useApplyPlan(current, () => setChosen(undefined))
  const restore = async () => {
    const { data } = await getPlan({ query: { version: chosen }, throwOnError: true })
    apply.mutate({ plan: data.plan, note: t('restore_note', { version: data.version }) })
  }
  const columns: Column<PlanVersionSummary>[] = [
    { id: 'version', header: t('version'), cell: (one) => format.number(one.version) },
    { id: 'when', header: t('when'), cell: (one) => format.instant(one.at) },
    { id: 'who', header: t('who'), cell: (one) => one.by },
    { id: 'why', header: t('why'), cell: (one) => one.note || '–' },
    {
      id: 'events',
      header: t('tab_events'),
      cell: (one) => format.number(one.n_events),
      isNumber: true,
    },
    {
      id: 'restore',
      header: t('restore'),
      cell: (one) =>
        mayWrite && one.version !== current.version ? (
          <Button size="compact-sm" variant="subtle" onClick={() => setChosen(one.version)}>
            {t('restore')}
          </Button>
        ) : (
          '–'
        ),
      isNumber: true,
    },
  ]
  return (
    <Section title={t('plan_versions')}>
      <Loaded query={versions}>
        {(found) => (
          <DataTable
            caption={t('plan_versions')}
            columns={columns}
            rows={found}
            rowKey={(one) => one.version}
          />
        )}
      </Loaded>
      <Confirm
        isOpen={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        onConfirm={restore}
        title={t('restore_title', { version: chosen ?? 0 })}
        confirmLabel={t('restore')}
        isBusy={apply.isPending}
      >
        {t('restore_text')}
      </Confirm>
    </Section>
  )
}
