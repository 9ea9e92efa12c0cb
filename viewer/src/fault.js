// Why something cannot be shown, in a sentence for the person.

export class Fault extends Error {
  /**
   * @param {string} sentence
   * @param {boolean} mayRetry  whether it may go better another time
   */
  constructor(sentence, mayRetry = false) {
    super(sentence);
    this.mayRetry = mayRetry;
  }
}
