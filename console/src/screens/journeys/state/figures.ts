/** How many people are where: what the canvas writes on steps and ways. */
export interface StepFigures {
  waiting: number
  arrived: number
}

export interface Figures {
  /** Of all who came in: what the width of a way is measured by. */
  entered: number
  steps: ReadonlyMap<string, StepFigures>
  /** By `step.way`. */
  ways: ReadonlyMap<string, number>
}
