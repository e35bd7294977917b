import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ClerkParams } from '../http/clerk-params.pipe';
import { FAULT_KINDS, faultKinds, type FaultKind, type FaultSide } from './fault-kinds';
import { type FaultRule } from './fault-rule';
import {
  type CreateFaultParams,
  createFaultParams,
  type SetSeedParams,
  setSeedParams,
  type UpdateFaultParams,
  updateFaultParams,
} from './fault.schemas';
import { type FaultDecision, Faults } from './faults';

/** A kind of fault with the defaults of its parameters. */
interface FaultKindView {
  kind: FaultKind;
  side: FaultSide;
  summary: string;
  params: object;
}

/** Manages the fault rules. */
@Controller('emulator/faults')
export class FaultsController {
  constructor(private readonly faults: Faults) {}

  @Get()
  list(): { seed: string; data: FaultRule[] } {
    return { seed: this.faults.seed, data: this.faults.list() };
  }

  @Get('kinds')
  kinds(): { data: FaultKindView[] } {
    return {
      data: faultKinds.map((kind) => {
        const { side, summary, params } = FAULT_KINDS[kind];
        return { kind, side, summary, params: params.parse({}) };
      }),
    };
  }

  /** Newest last. */
  @Get('decisions')
  decisions(): { seed: string; data: FaultDecision[] } {
    return { seed: this.faults.seed, data: this.faults.decisionsMade() };
  }

  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createFaultParams)) params: CreateFaultParams): FaultRule {
    return this.faults.create(params);
  }

  @Put('seed')
  seed(@Body(new ClerkParams(setSeedParams)) params: SetSeedParams): { seed: string } {
    this.faults.setSeed(String(params.seed));
    return { seed: this.faults.seed };
  }

  @Get(':id')
  get(@Param('id') id: string): FaultRule {
    return this.faults.get(id);
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body(new ClerkParams(updateFaultParams)) params: UpdateFaultParams): FaultRule {
    return this.faults.update(id, params);
  }

  @Delete()
  clear(): { deleted: true } {
    this.faults.clear();
    return { deleted: true };
  }

  @Delete(':id')
  delete(@Param('id') id: string): { object: 'fault'; id: string; deleted: true } {
    this.faults.delete(id);
    return { object: 'fault', id, deleted: true };
  }
}
