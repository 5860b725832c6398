import type { BroadcastDefinition } from '@/api/generated'
import { Facts, Section } from '@/design'
import { useText } from './texts'

/** Who it is from and what it says, without rendering it for anybody. */
export function Letter({ definition }: { definition: BroadcastDefinition }) {
  const t = useText()
  const { sender, purpose, template } = definition
  return (
    <Section title={t('letter')}>
      <Facts
        facts={[
          [t('from'), `${sender.from_name ?? ''} <${sender.from_address}>`],
          [t('purpose'), t(`purpose_${purpose ?? 'marketing'}`)],
          ...Object.entries(template.variants).map(
            ([language, variant]): [string, React.ReactNode] => [
              t('subject_in', {
                language:
                  language === 'ja' || language === 'en' ? t(`language_${language}`) : language,
              }),
              <span key={language} lang={language}>
                {variant.subject}
              </span>,
            ],
          ),
        ]}
      />
    </Section>
  )
}
