import styles from './Choice.module.css'

interface Props<K extends string> {
  label: string
  value: K
  options: [K, string][]
  onChange: (value: K) => void
}

/** One of two or three, all in sight. */
export function Choice<K extends string>({ label, value, options, onChange }: Props<K>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      {options.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>
          {text}
        </button>
      ))}
    </fieldset>
  )
}
