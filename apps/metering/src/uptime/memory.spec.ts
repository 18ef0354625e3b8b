import { attendanceContract } from '../testing/attendance-contract.js';
import { memoryAttendance } from './memory.js';

attendanceContract('memory', async () => memoryAttendance());
