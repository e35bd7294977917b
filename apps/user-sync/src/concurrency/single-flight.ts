/** Runs work once for concurrent callers with the same key, who share its result. Keeps no results. */
export class SingleFlight<Result> {
  private readonly flights = new Map<string, Promise<Result>>();

  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.flights.get(key);
    if (running !== undefined) return running;
    const flight = work().finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }
}
