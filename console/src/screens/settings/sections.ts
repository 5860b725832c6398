/** What the sections of the account need from its screen. */
export interface SectionProps {
  /** Runs an act that may need the password once more. */
  run: <T>(act: () => Promise<T>) => Promise<T>
  /** Called when what protects the account has changed. */
  onChange: () => Promise<void>
}
