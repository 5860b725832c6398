import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { LiveSegment } from '@/api/generated'
import {
  findLookalikesMutation,
  listLiveSegmentsOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay } from '@/app/session'
import { EmptyState, ErrorState, Loaded, NumberField, PageHeader, Section } from '@/design'
import { useFormat } from '@/language/format'
import { Audience } from './Audience'
import styles from './personas.module.css'
import { useText } from './texts'
import { useNaming } from './words'

/** Members needed to learn from; the API refuses fewer. */
const fewestSeeds = 100
const usualSize = 500
const usualSegment = 'builtin:vip'

export default function LookalikesScreen() {
  const t = useText()
  const query = useQuery(listLiveSegmentsOptions())
  return (
    <>
      <PageHeader
        documentTitle={t('like_title')}
        title={t('like_lead')}
        reason={t('like_reason')}
        back={{ to: '/segments', label: t('back') }}
      />
      <Loaded query={query}>{({ segments }) => <Chooser segments={learnable(segments)} />}</Loaded>
    </>
  )
}

/** Segments with enough people inside to learn from, and outside to choose from. */
function learnable(segments: LiveSegment[]): LiveSegment[] {
  const everyone = Math.max(0, ...segments.map((one) => one.size ?? 0))
  return segments.filter(
    ({ size }) => size !== null && size >= fewestSeeds && everyone - size >= fewestSeeds,
  )
}

function Chooser({ segments }: { segments: LiveSegment[] }) {
  const t = useText()
  const format = useFormat()
  const naming = useNaming()
  const mayWrite = useMay('write')
  const asked: Record<string, unknown> = useSearch({ strict: false })
  const first =
    segments.find((one) => one.id === asked.segment) ??
    segments.find((one) => one.id === usualSegment) ??
    segments[0]
  const [chosen, setChosen] = useState(first?.id ?? '')
  const [size, setSize] = useState<number | undefined>(usualSize)
  const find = useMutation(findLookalikesMutation())
  const segment = segments.find((one) => one.id === chosen)
  if (!segment) {
    return (
      <Section title={t('like_choose')} isTitleHidden>
        <EmptyState title={t('like_none')}>{t('like_none_how', { count: fewestSeeds })}</EmptyState>
      </Section>
    )
  }
  const search = () => size && find.mutate({ path: { segment_id: segment.id }, body: { size } })
  return (
    <>
      <Section title={t('like_choose')}>
        <form
          className={styles.chooser}
          onSubmit={(event) => {
            event.preventDefault()
            search()
          }}
        >
          <NativeSelect
            label={t('segment')}
            value={chosen}
            onChange={(event) => {
              setChosen(event.currentTarget.value)
              find.reset()
            }}
            data={segments.map((one) => ({
              value: one.id,
              label: t('segment_option', {
                name: naming(one),
                count: format.number(one.size ?? 0),
              }),
            }))}
          />
          <NumberField label={t('how_many')} value={size} onChange={setSize} min={1} isWhole />
          <Button type="submit" loading={find.isPending} disabled={!mayWrite || !size}>
            {t('like_find')}
          </Button>
        </form>
        {find.isPending && (
          <p role="status" className={styles.busy}>
            {t('like_finding')}
          </p>
        )}
      </Section>
      {find.isError && <ErrorState error={find.error} onRetry={search} />}
      {find.data && <Audience found={find.data} name={naming(segment)} />}
    </>
  )
}
