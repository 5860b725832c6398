import { useNavigate } from '@tanstack/react-router'
import { PageHeader } from '@/design'
import { Editor } from './Editor'
import { useText } from './texts'

export default function NewStagesScreen() {
  const t = useText()
  const navigate = useNavigate()
  return (
    <>
      <PageHeader
        title={t('new_title')}
        reason={t('new_reason')}
        back={{ to: '/life-stages', label: t('title') }}
      />
      <Editor onDone={() => navigate({ to: '/life-stages' })} />
    </>
  )
}
