import { ButtonLink, EmptyState } from '@/design'
import { useText } from './texts'

export function NotFound() {
  const t = useText()
  return (
    <EmptyState
      title={t('not_found')}
      isPage
      action={<ButtonLink to="/">{t('to_home')}</ButtonLink>}
    >
      {t('not_found_reason')}
    </EmptyState>
  )
}
