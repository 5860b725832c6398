export const letters = {
  en: {
    letter_written: 'Letter that is written',
    letter_second: 'Compare with a second letter',
    letter_more: 'Another letter',
    experiment: 'Experiment',
    timing: 'When it goes',
  },
  ja: {
    letter_written: '書いている手紙',
    letter_second: '2通目と比べる',
    letter_more: '手紙を増やす',
    experiment: '実験',
    timing: '送る日時',
  },
}
