import type { BroadcastDefinition } from '@/api/generated'
import { Facts, Section } from '@/design'
import { useText } from './texts'

/** Who it is from and what it says, without rendering it for anybody. */
export function Letter({ definition }: { definition: BroadcastDefinition }) {
  const t = useText()
  const { sender, purpose, template, experiment } = definition
  const letters = [template, ...(experiment?.others ?? []).map((one) => one.template)]
  return (
    <Section title={t('letter')}>
      <Facts
        facts={[
          [t('from'), `${sender.from_name ?? ''} <${sender.from_address}>`],
          [t('purpose'), t(`purpose_${purpose ?? 'marketing'}`)],
          ...letters.flatMap((one, place) =>
            Object.entries(one.variants).map(([language, variant]): [string, React.ReactNode] => [
              t(letters.length > 1 ? 'subject_of' : 'subject_in', {
                letter: String.fromCharCode(65 + place),
                language:
                  language === 'ja' || language === 'en' ? t(`language_${language}`) : language,
              }),
              <span key={language} lang={language}>
                {variant.subject}
              </span>,
            ]),
          ),
        ]}
      />
    </Section>
  )
}
