import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import type { Language } from '@/language/i18n'
import { setLanguage } from '@/language/i18n'
import { useLanguage } from '@/language/texts'
import styles from './Preferences.module.css'
import { useSession } from './session'
import { useText } from './texts'

const appearances = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }

/** Language, appearance, and the way out. */
export function Preferences() {
  const t = useText()
  const session = useSession()
  return (
    <div className={styles.preferences}>
      <LanguageSwitch label={t('language')} />
      <AppearanceSwitch />
      <form method="post" action="/logout" className={styles.member}>
        <input type="hidden" name="csrf_token" value={session.csrf_token ?? ''} />
        <span className={styles.name}>{session.name}</span>
        <button type="submit" className={styles.out}>
          {t('log_out')}
        </button>
      </form>
    </div>
  )
}

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

function AppearanceSwitch() {
  const t = useText()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const choices = Object.entries(appearances) as [keyof typeof appearances, typeof IconSun][]
  return (
    <SegmentedControl
      aria-label={t('appearance')}
      size="xs"
      fullWidth
      value={colorScheme}
      onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
      data={choices.map(([scheme, Icon]) => ({
        value: scheme,
        label: (
          <>
            <Icon aria-hidden size={16} className={styles.icon} />
            <span className={styles.hidden}>{t(scheme)}</span>
          </>
        ),
      }))}
    />
  )
}
