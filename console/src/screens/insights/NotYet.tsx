import { EmptyState, Section } from '@/design'
import { useText } from './texts'

/** Below so many customers a picture shows chance; it says how far the shop is instead. */
export const fewestCustomers = 50

export function NotYet({ count }: { count: number }) {
  const t = useText()
  return (
    <Section title={t('picture')} isTitleHidden>
      <EmptyState title={t('not_yet', { count })}>
        {t('not_yet_how', { needed: fewestCustomers })}
      </EmptyState>
    </Section>
  )
}
