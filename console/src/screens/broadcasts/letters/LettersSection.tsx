import { useQuery } from '@tanstack/react-query'
import type { Broadcast, LetterReport, PartVerdict } from '@/api/generated'
import { getLetterReportOptions } from '@/api/generated/@tanstack/react-query.gen'
import { DataTable, Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import styles from './LettersSection.module.css'
import { useText } from './texts'

const refreshMilliseconds = 10_000

/** How the letters of a broadcast do, against each other and against none: words, then figures. */
export function LettersSection({ broadcast }: { broadcast: Broadcast }) {
  const t = useText()
  const report = useQuery({
    ...getLetterReportOptions({ path: { broadcast_id: broadcast.id } }),
    refetchInterval: refreshMilliseconds,
  })
  return (
    <Section title={t('title')} note={t('note')}>
      <Loaded query={report}>{(found) => found && <Report report={found} />}</Loaded>
    </Section>
  )
}

function Report({ report }: { report: LetterReport }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const nameOf = (letter: string) => {
    const name = report.letters.find((one) => one.letter === letter)?.name
    return name ? `${letter.toUpperCase()} · ${name}` : letter.toUpperCase()
  }
  const group = (part: string) => t(part === 'holdout' ? 'group_holdout' : 'group_written')
  return (
    <div className={styles.report}>
      <ul className={styles.told}>
        {report.told.map((one) => (
          <li key={one.en}>{one[language]}</li>
        ))}
        {report.decides_at && <li>{t('decides', { when: format.instant(report.decides_at) })}</li>}
      </ul>
      {report.verdict && (
        <Rates
          caption={t('letters')}
          parts={report.verdict.parts}
          winner={report.verdict.winner}
          nameOf={nameOf}
        />
      )}
      {report.beside && (
        <Rates
          caption={t('beside')}
          parts={report.beside.parts}
          winner={report.beside.winner}
          nameOf={group}
        />
      )}
    </div>
  )
}

interface RatesProps {
  caption: string
  parts: PartVerdict[]
  winner: string | null
  nameOf: (part: string) => string
}

function Rates({ caption, parts, winner, nameOf }: RatesProps) {
  const t = useText()
  const format = useFormat()
  const rateOf = ({ rate }: PartVerdict) => (rate === null ? '–' : format.percent(rate))
  return (
    <div>
      <h3>{caption}</h3>
      <DataTable
        caption={caption}
        rows={parts}
        rowKey={(one) => one.part}
        columns={[
          {
            id: 'part',
            header: t('part'),
            cell: (one) => (
              <>
                {nameOf(one.part)}
                {one.part === winner && <strong className={styles.best}> {t('proven')}</strong>}
              </>
            ),
          },
          {
            id: 'people',
            header: t('people'),
            isNumber: true,
            cell: (one) => format.number(one.people),
          },
          {
            id: 'reached',
            header: t('reached'),
            isNumber: true,
            cell: (one) => format.number(one.reached),
          },
          { id: 'rate', header: t('rate'), isNumber: true, cell: rateOf },
          {
            id: 'between',
            header: t('between'),
            cell: (one) =>
              t('between_n', { low: format.percent(one.low), high: format.percent(one.high) }),
          },
        ]}
      />
    </div>
  )
}
