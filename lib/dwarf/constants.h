/* The numbers of DWARF that are used, named as the standard names them without DW_. Facts: DWARF 5, section 7; those of
 * GNU: binutils' include/dwarf2.def and the descriptions of DebugFission and of dwz's alternate file. */
#ifndef INQ_DWARF_CONSTANTS_H
#define INQ_DWARF_CONSTANTS_H

enum { /* DW_UT_… */
       UT_COMPILE = 0x01,
       UT_TYPE = 0x02,
       UT_PARTIAL = 0x03,
       UT_SKELETON = 0x04,
       UT_SPLIT_COMPILE = 0x05,
       UT_SPLIT_TYPE = 0x06
};

enum { /* DW_TAG_… */
       TAG_ARRAY_TYPE = 0x01,
       TAG_CLASS_TYPE = 0x02,
       TAG_ENUMERATION_TYPE = 0x04,
       TAG_FORMAL_PARAMETER = 0x05,
       TAG_LEXICAL_BLOCK = 0x0b,
       TAG_MEMBER = 0x0d,
       TAG_POINTER_TYPE = 0x0f,
       TAG_REFERENCE_TYPE = 0x10,
       TAG_COMPILE_UNIT = 0x11,
       TAG_STRUCTURE_TYPE = 0x13,
       TAG_SUBROUTINE_TYPE = 0x15,
       TAG_TYPEDEF = 0x16,
       TAG_UNION_TYPE = 0x17,
       TAG_UNSPECIFIED_PARAMETERS = 0x18,
       TAG_INHERITANCE = 0x1c,
       TAG_INLINED_SUBROUTINE = 0x1d,
       TAG_MODULE = 0x1e,
       TAG_PTR_TO_MEMBER_TYPE = 0x1f,
       TAG_SUBRANGE_TYPE = 0x21,
       TAG_BASE_TYPE = 0x24,
       TAG_CATCH_BLOCK = 0x25,
       TAG_CONST_TYPE = 0x26,
       TAG_ENUMERATOR = 0x28,
       TAG_SUBPROGRAM = 0x2e,
       TAG_TRY_BLOCK = 0x32,
       TAG_VARIABLE = 0x34,
       TAG_VOLATILE_TYPE = 0x35,
       TAG_RESTRICT_TYPE = 0x37,
       TAG_NAMESPACE = 0x39,
       TAG_UNSPECIFIED_TYPE = 0x3b,
       TAG_PARTIAL_UNIT = 0x3c,
       TAG_TYPE_UNIT = 0x41,
       TAG_RVALUE_REFERENCE_TYPE = 0x42,
       TAG_ATOMIC_TYPE = 0x47,
       TAG_SKELETON_UNIT = 0x4a
};

enum { /* DW_AT_… */
       AT_SIBLING = 0x01,
       AT_LOCATION = 0x02,
       AT_NAME = 0x03,
       AT_BYTE_SIZE = 0x0b,
       AT_BIT_OFFSET = 0x0c,
       AT_BIT_SIZE = 0x0d,
       AT_STMT_LIST = 0x10,
       AT_LOW_PC = 0x11,
       AT_HIGH_PC = 0x12,
       AT_LANGUAGE = 0x13,
       AT_COMP_DIR = 0x1b,
       AT_CONST_VALUE = 0x1c,
       AT_LOWER_BOUND = 0x22,
       AT_UPPER_BOUND = 0x2f,
       AT_ABSTRACT_ORIGIN = 0x31,
       AT_ARTIFICIAL = 0x34,
       AT_COUNT = 0x37,
       AT_DATA_MEMBER_LOCATION = 0x38,
       AT_DECLARATION = 0x3c,
       AT_ENCODING = 0x3e,
       AT_FRAME_BASE = 0x40,
       AT_SPECIFICATION = 0x47,
       AT_TYPE = 0x49,
       AT_DATA_LOCATION = 0x50,
       AT_BYTE_STRIDE = 0x51,
       AT_RANGES = 0x55,
       AT_CALL_FILE = 0x58,
       AT_CALL_LINE = 0x59,
       AT_SIGNATURE = 0x69,
       AT_DATA_BIT_OFFSET = 0x6b,
       AT_LINKAGE_NAME = 0x6e,
       AT_STR_OFFSETS_BASE = 0x72,
       AT_ADDR_BASE = 0x73,
       AT_RNGLISTS_BASE = 0x74,
       AT_DWO_NAME = 0x76,
       AT_LOCLISTS_BASE = 0x8c,
       AT_MIPS_LINKAGE_NAME = 0x2007,
       AT_GNU_DWO_NAME = 0x2130,
       AT_GNU_DWO_ID = 0x2131,
       AT_GNU_RANGES_BASE = 0x2132,
       AT_GNU_ADDR_BASE = 0x2133
};

enum { /* DW_FORM_… */
       FORM_ADDR = 0x01,
       FORM_BLOCK2 = 0x03,
       FORM_BLOCK4 = 0x04,
       FORM_DATA2 = 0x05,
       FORM_DATA4 = 0x06,
       FORM_DATA8 = 0x07,
       FORM_STRING = 0x08,
       FORM_BLOCK = 0x09,
       FORM_BLOCK1 = 0x0a,
       FORM_DATA1 = 0x0b,
       FORM_FLAG = 0x0c,
       FORM_SDATA = 0x0d,
       FORM_STRP = 0x0e,
       FORM_UDATA = 0x0f,
       FORM_REF_ADDR = 0x10,
       FORM_REF1 = 0x11,
       FORM_REF2 = 0x12,
       FORM_REF4 = 0x13,
       FORM_REF8 = 0x14,
       FORM_REF_UDATA = 0x15,
       FORM_INDIRECT = 0x16,
       FORM_SEC_OFFSET = 0x17,
       FORM_EXPRLOC = 0x18,
       FORM_FLAG_PRESENT = 0x19,
       FORM_STRX = 0x1a,
       FORM_ADDRX = 0x1b,
       FORM_REF_SUP4 = 0x1c,
       FORM_STRP_SUP = 0x1d,
       FORM_DATA16 = 0x1e,
       FORM_LINE_STRP = 0x1f,
       FORM_REF_SIG8 = 0x20,
       FORM_IMPLICIT_CONST = 0x21,
       FORM_LOCLISTX = 0x22,
       FORM_RNGLISTX = 0x23,
       FORM_REF_SUP8 = 0x24,
       FORM_STRX1 = 0x25,
       FORM_STRX2 = 0x26,
       FORM_STRX3 = 0x27,
       FORM_STRX4 = 0x28,
       FORM_ADDRX1 = 0x29,
       FORM_ADDRX2 = 0x2a,
       FORM_ADDRX3 = 0x2b,
       FORM_ADDRX4 = 0x2c,
       FORM_GNU_ADDR_INDEX = 0x1f01,
       FORM_GNU_STR_INDEX = 0x1f02,
       FORM_GNU_REF_ALT = 0x1f20,
       FORM_GNU_STRP_ALT = 0x1f21
};

enum { /* DW_RLE_… */
       RLE_END_OF_LIST = 0,
       RLE_BASE_ADDRESSX = 1,
       RLE_STARTX_ENDX = 2,
       RLE_STARTX_LENGTH = 3,
       RLE_OFFSET_PAIR = 4,
       RLE_BASE_ADDRESS = 5,
       RLE_START_END = 6,
       RLE_START_LENGTH = 7
};

enum { /* DW_LLE_…: those of ranges, but for the default location and what GNU added */
       LLE_END_OF_LIST = 0,
       LLE_BASE_ADDRESSX = 1,
       LLE_STARTX_ENDX = 2,
       LLE_STARTX_LENGTH = 3,
       LLE_OFFSET_PAIR = 4,
       LLE_DEFAULT_LOCATION = 5,
       LLE_BASE_ADDRESS = 6,
       LLE_START_END = 7,
       LLE_START_LENGTH = 8,
       LLE_GNU_VIEW_PAIR = 9
};

enum { /* DW_LNS_…, DW_LNE_…, DW_LNCT_… */
       LNS_COPY = 1,
       LNS_ADVANCE_PC = 2,
       LNS_ADVANCE_LINE = 3,
       LNS_SET_FILE = 4,
       LNS_CONST_ADD_PC = 8,
       LNS_FIXED_ADVANCE_PC = 9,
       LNE_END_SEQUENCE = 1,
       LNE_SET_ADDRESS = 2,
       LNCT_PATH = 1,
       LNCT_DIRECTORY_INDEX = 2
};

enum { /* DW_SECT_…: columns of a package's index, DWARF 5, 7.3.5.3; the second group only in version 2 (GNU) */
       SECT_INFO = 1,
       SECT_TYPES = 2,
       SECT_ABBREV = 3,
       SECT_LINE = 4,
       SECT_LOCLISTS = 5, /* .debug_loc in version 2 */
       SECT_STR_OFFSETS = 6,
       SECT_RNGLISTS = 8
};

#endif
