import { SegmentedControl } from '@mantine/core'
import { type Language, setLanguage } from '@/language/i18n'
import { useLanguage } from '@/language/texts'

/** Changes the language at once, before and after the log-in. */
export function LanguageSwitch({ label }: { label: string }) {
  return (
    <SegmentedControl
      aria-label={label}
      size="xs"
      fullWidth
      value={useLanguage()}
      onChange={(language) => setLanguage(language as Language)}
      data={[
        { value: 'ja', label: <span lang="ja">日本語</span> },
        { value: 'en', label: <span lang="en">English</span> },
      ]}
    />
  )
}
