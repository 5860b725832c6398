import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ThresholdAnswer } from '@/api/generated'
import {
  chooseThresholdMutation,
  listThresholdsOptions,
  listThresholdsQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { useMay, useShop } from '@/app/session'
import {
  Badge,
  Distribution,
  Loaded,
  NumberField,
  Section,
  toast,
  toastFailure,
  useErrorLine,
} from '@/design'
import { useFormat } from '@/language/format'
import { useMeasure, useNaming } from './segment'
import styles from './Thresholds.module.css'
import { useText } from './texts'

type Spread = NonNullable<ThresholdAnswer['distribution']>

/** What a ready-made segment compares with, where that comes from, and how to change it. */
export function Thresholds({ keys }: { keys: string[] }) {
  const t = useText()
  const query = useQuery(listThresholdsOptions())
  return (
    <Section title={t('thresholds')} note={t('thresholds_note')}>
      <Loaded query={query}>
        {(all) => (
          <div className={styles.thresholds}>
            {all
              .filter((one) => keys.includes(one.key))
              .map((one) => (
                <Threshold key={`${one.key}-${one.version}`} one={one} />
              ))}
          </div>
        )}
      </Loaded>
    </Section>
  )
}

function Threshold({ one }: { one: ThresholdAnswer }) {
  const t = useText()
  const naming = useNaming()
  const measure = useMeasure()
  return (
    <article className={styles.threshold}>
      <h3>
        {naming(one)}: {measure(one.value, one.unit)}{' '}
        {one.chosen !== null && <Badge tone="action">{t('chosen')}</Badge>}
      </h3>
      <p>
        <Source one={one} />
      </p>
      {one.distribution && <Picture one={one} />}
      <Choice one={one} />
    </article>
  )
}

function Source({ one }: { one: ThresholdAnswer }) {
  const t = useText()
  const format = useFormat()
  const measure = useMeasure()
  if (one.percent === null) return t('share')
  if (one.computed === null) return t('plain')
  return t('computed', {
    value: measure(one.computed, one.unit),
    percent: format.percent(one.percent / 100, 0),
    count: one.distribution?.n ?? 0,
  })
}

function Picture({ one }: { one: ThresholdAnswer }) {
  const t = useText()
  const format = useFormat()
  const measure = useMeasure()
  const spread = one.distribution
  // A share of people has no place among values.
  const unit = one.unit === 'percent' ? 'minor' : one.unit
  if (!spread || spread.width === 0) return null
  const isBelow = belowEdge(one, spread)
  return (
    <Distribution
      title={t('distribution_of')}
      headers={[t('value_of'), t('members')]}
      points={spread.bins.map((count, bin) => ({
        label: measure(spread.low + bin * spread.width, unit),
        value: count,
        text: format.number(count),
        isMuted: isBelow(bin),
      }))}
    />
  )
}

/** Says of a column whether it lies below the threshold; a share of people is taken from the top. */
function belowEdge(
  one: ThresholdAnswer,
  { bins, low, width, n }: Spread,
): (bin: number) => boolean {
  if (one.unit !== 'percent') return (bin) => low + (bin + 1) * width <= one.value
  const wanted = (n * one.value) / 100
  return (bin) => bins.slice(bin + 1).reduce((sum, count) => sum + count, 0) >= wanted
}

function Choice({ one }: { one: ThresholdAnswer }) {
  const t = useText()
  const mayWrite = useMay('write')
  const naming = useNaming()
  const scale = useMinorScale(one.unit)
  const errorLine = useErrorLine()
  const client = useQueryClient()
  const [value, setValue] = useState<number | undefined>(one.value / scale)
  const choose = useMutation({
    ...chooseThresholdMutation(),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: listThresholdsQueryKey() })
      toast(t('saved'))
    },
    onError: (error) => toastFailure(errorLine(error)),
  })
  const use = (chosen: number | null) =>
    choose.mutate({ path: { key: one.key }, body: { value: chosen } })
  if (!mayWrite) return null
  return (
    <div className={styles.choice}>
      <NumberField
        label={naming(one)}
        isBare
        value={value}
        onChange={setValue}
        min={one.low / scale}
        max={one.high / scale}
      />
      <Button
        variant="default"
        disabled={value === undefined || value * scale === one.value}
        loading={choose.isPending}
        onClick={() => use(Number(value) * scale)}
      >
        {t('save')}
      </Button>
      {one.chosen !== null && (
        <Button variant="subtle" onClick={() => use(null)}>
          {t('reset')}
        </Button>
      )}
    </div>
  )
}

/** How many minor units make one of what people write. */
function useMinorScale(unit: string): number {
  const { currency } = useShop()
  if (unit !== 'minor') return 1
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)
}
