import type { AttributeFigures } from '@/api/generated'
import { Bars, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useText } from '../texts'

interface Props {
  figures: AttributeFigures
  sourceName: (id: string) => string
}

const provenances = [
  'declared',
  'observed',
  'inferred_self',
  'inferred_group',
  'third_party',
] as const

export function Origin({ figures, sourceName }: Props) {
  const t = useText()
  const format = useFormat()
  const known = provenances.filter((one) => figures.n_by_provenance[one])
  const point = (label: string, n: number) => ({ label, value: n, text: format.number(n) })
  return (
    <Section title={t('origin_title')}>
      <Bars
        title={t('from_source')}
        headers={[t('source'), t('count_header')]}
        points={Object.entries(figures.n_by_source).map(([id, n]) => point(sourceName(id), n))}
      />
      {known.length > 0 && (
        <Bars
          title={t('known_as')}
          headers={[t('known_as'), t('count_header')]}
          points={known.map((one) =>
            point(t(`provenance_${one}`), figures.n_by_provenance[one] ?? 0),
          )}
        />
      )}
    </Section>
  )
}
