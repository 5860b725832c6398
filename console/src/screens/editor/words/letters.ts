export const letters = {
  en: {
    letter_written: 'Letter that is written',
    letter_second: 'Compare with a second letter (A/B test)',
    letter_more: 'Another letter',
    experiment: 'Experiment',
    timing: 'When it goes',
  },
  ja: {
    letter_written: '書いている案',
    letter_second: '別の案と比べる（A/Bテスト）',
    letter_more: '案を増やす',
    experiment: 'A/Bテスト',
    timing: '送る日時',
  },
}
